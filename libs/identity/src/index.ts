export { compareInstants, compareRank, compareText, supersedes, type Rank } from './rank.ts';
export { assertionOf, byEdge, standing, type Assertion } from './assertion.ts';
export { personAt, UNDATED, visitorIntervals, type VisitorInterval } from './links.ts';
export { canonicalPersons, holds } from './components.ts';
export { isMemberAt, memberships, type Membership } from './membership.ts';
