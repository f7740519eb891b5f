/** What one KRaft broker, its own controller, needs: loopback only, every internal topic with one replica. */
export function serverProperties(place: { port: number; controllerPort: number; data: string }): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${place.controllerPort}`,
    `listeners=CLIENT://127.0.0.1:${place.port},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    `advertised.listeners=CLIENT://127.0.0.1:${place.port}`,
    'listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=CLIENT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${place.data}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    '',
  ].join('\n');
}
