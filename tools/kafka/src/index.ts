export { startBroker, type Broker, type BrokerOptions } from './broker.ts';
export { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
export { type NodeProcess } from './node-process.ts';
export { freePorts } from './free-ports.ts';
export { KafkaToolMissing } from './artifacts.ts';
