import { describe, expect, it } from '@jest/globals';
import { fold, publishAs, DomainError, type Decider } from './index.ts';
import { specification } from './testing/index.ts';

type DoorEvent = { type: 'DoorOpened'; data: { by: string } } | { type: 'DoorShut'; data: { by: string } };
type DoorCommand = { type: 'OpenDoor'; data: { by: string } } | { type: 'ShutDoor'; data: { by: string } };
type Door = { is: 'shut' } | { is: 'open'; by: string };

const door: Decider<DoorCommand, DoorEvent, Door> = {
  initial: { is: 'shut' },
  decide(command, state) {
    switch (command.type) {
      case 'OpenDoor':
        if (command.data.by === '') throw new DomainError('nobody', 'Say who opens the door.');
        return state.is === 'open' ? [] : [{ type: 'DoorOpened', data: command.data }];
      case 'ShutDoor':
        if (state.is === 'shut') throw new DomainError('already-shut', 'Open the door first.');
        return [{ type: 'DoorShut', data: command.data }];
    }
  },
  evolve: (_, event) => (event.type === 'DoorOpened' ? { is: 'open', by: event.data.by } : { is: 'shut' }),
};

const given = specification(door);
const opened: DoorEvent = { type: 'DoorOpened', data: { by: 'Ada' } };

describe('a decider, told as sentences', () => {
  it('records what the command caused', () =>
    given([])
      .when({ type: 'OpenDoor', data: { by: 'Ada' } })
      .then([opened]));

  it('records nothing when it is already so', () =>
    given([opened])
      .when({ type: 'OpenDoor', data: { by: 'Bob' } })
      .then([]));

  it('refuses by code', () =>
    given([])
      .when({ type: 'ShutDoor', data: { by: 'Ada' } })
      .refused('already-shut'));

  it('folds events in order, from any state', () => {
    expect(fold(door, [opened])).toEqual({ is: 'open', by: 'Ada' });
    expect(fold(door, [{ type: 'DoorShut', data: { by: 'Ada' } }], { is: 'open', by: 'Ada' })).toEqual({
      is: 'shut',
    });
  });

  it('fails the sentence that is not true', () => {
    const open = given([]).when({ type: 'OpenDoor', data: { by: 'Ada' } });
    expect(() => open.then([])).toThrow();
    expect(() => open.refused('nobody')).toThrow(/expected a refusal/);
    const nobody = given([]).when({ type: 'OpenDoor', data: { by: '' } });
    expect(() => nobody.then([])).toThrow(/refused as nobody/);
    expect(() => nobody.refused('already-shut')).toThrow(/refused as nobody/);
  });
});

describe('a publication', () => {
  interface Contracts {
    'door.opened': { door: string; by: string };
    'door.shut': { door: string; by: string };
    'lift.called': { floor: number };
  }
  const names = { DoorOpened: 'door.opened', DoorShut: 'door.shut' } as const;
  const publication = publishAs<DoorEvent, Contracts, 'door'>('door', names);

  it('I3 gives back the event it published, which names its entity by its stream', () => {
    const published = publication.publish(opened, 'door-1');
    expect(published).toEqual({ name: 'door.opened', data: { door: 'door-1', by: 'Ada' } });
    expect(publication.restore(published)).toEqual(opened);
  });

  it('refuses events of another module', () => {
    expect(() => publication.restore({ name: 'lift.called', data: {} })).toThrow(/another module/);
  });

  it('refuses one name for two events', () => {
    const twice = { DoorOpened: 'door.opened', DoorShut: 'door.opened' } as const;
    expect(() => publishAs<DoorEvent, Contracts, 'door'>('door', twice)).toThrow(/one name/);
  });
});
