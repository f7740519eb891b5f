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

/** Who may speak to the broker: one account, of clients and of the nodes among themselves. */
export interface BrokerAccount {
  readonly username: string;
  readonly password: string;
}

/**
 * What one KRaft node needs: loopback only; every listener asks for the account where there is one. Of several, every record is on all and an acknowledged one on two; a node
 * that is gone is missed after 3 s.
 */
export function serverProperties(
  place: NodePlace,
  all: readonly NodePlace[] = [place],
  account: BrokerAccount | null = null,
): string {
  const voters = all.map(({ node, controllerPort }) => `${node}@127.0.0.1:${controllerPort}`).join(',');
  const [replicas, inSync] = [all.length, Math.ceil(all.length / 2)];
  return [
    'process.roles=broker,controller',
    `node.id=${place.node}`,
    `controller.quorum.voters=${voters}`,
    `listeners=CLIENT://127.0.0.1:${place.port},INTERNAL://127.0.0.1:${place.internalPort},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    `advertised.listeners=CLIENT://127.0.0.1:${place.advertised},INTERNAL://127.0.0.1:${place.internalPort}`,
    ...access(account),
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
    'transaction.max.timeout.ms=60000', // an open one holds back every reader of its partitions
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    ...(all.length > 1 ? ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'] : []),
    '',
  ].join('\n');
}

const LISTENERS = ['CLIENT', 'INTERNAL', 'CONTROLLER'];

/** Other users of the machine reach loopback too, so no listener takes whoever comes. */
function access(account: BrokerAccount | null): string[] {
  const protocol = account ? 'SASL_PLAINTEXT' : 'PLAINTEXT';
  const map = `listener.security.protocol.map=${LISTENERS.map((name) => `${name}:${protocol}`).join(',')}`;
  if (!account) return [map];
  const { username, password } = account;
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${username}"`;
  return [
    map,
    'sasl.enabled.mechanisms=PLAIN',
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    'sasl.mechanism.controller.protocol=PLAIN',
    ...LISTENERS.map(
      (name) =>
        `listener.name.${name.toLowerCase()}.plain.sasl.jaas.config=${login} password="${password}" user_${username}="${password}";`,
    ),
  ];
}
