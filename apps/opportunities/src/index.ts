export { OpportunitiesModule, type OpportunitiesDeps } from './opportunity/opportunity.module.ts';
