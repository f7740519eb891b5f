export { startBroker, type Broker, type BrokerOptions } from './broker.ts';
export { KafkaToolMissing } from './artifacts.ts';
