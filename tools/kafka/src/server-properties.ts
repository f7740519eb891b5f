/** One node: a broker that is a controller too. */
export interface NodePlace {
  readonly node: number;
  readonly data: string;
  /** where clients connect */
  readonly port: number;
  /** where clients are told to connect: that of a proxy before `port`, or `port` itself */
  readonly advertised: number;
  readonly internalPort: number;
  readonly controllerPort: number;
}

/**
 * What one KRaft node needs: loopback only. Of several, every record is on all and an acknowledged one on two; a node
 * that is gone is missed after 3 s.
 */
export function serverProperties(place: NodePlace, all: readonly NodePlace[] = [place]): string {
  const voters = all.map(({ node, controllerPort }) => `${node}@127.0.0.1:${controllerPort}`).join(',');
  const [replicas, inSync] = [all.length, Math.ceil(all.length / 2)];
  return [
    'process.roles=broker,controller',
    `node.id=${place.node}`,
    `controller.quorum.voters=${voters}`,
    `listeners=CLIENT://127.0.0.1:${place.port},INTERNAL://127.0.0.1:${place.internalPort},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    `advertised.listeners=CLIENT://127.0.0.1:${place.advertised},INTERNAL://127.0.0.1:${place.internalPort}`,
    'listener.security.protocol.map=CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=INTERNAL',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${place.data}`,
    `default.replication.factor=${replicas}`,
    `min.insync.replicas=${inSync}`,
    `offsets.topic.replication.factor=${replicas}`,
    'offsets.topic.num.partitions=4',
    `transaction.state.log.replication.factor=${replicas}`,
    `transaction.state.log.min.isr=${inSync}`,
    `share.coordinator.state.topic.replication.factor=${replicas}`,
    `share.coordinator.state.topic.min.isr=${inSync}`,
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    ...(all.length > 1 ? ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'] : []),
    '',
  ].join('\n');
}
