export { logContract, type ContractCase } from './log-contract.ts';
export { Collector, eventually, type Positions } from './collector.ts';
export { record, texts, type LogKit } from './log-kit.ts';
export { memoryKit } from './memory-kit.ts';
export { postgresKit } from './postgres-kit.ts';
export { kafkaKit, testBrokers } from './kafka-kit.ts';
export { topicsUnder } from './topics-under.ts';
export { TcpProxy, type ProxyOptions } from './tcp-proxy.ts';
export { type Toxics } from './proxied-connection.ts';
