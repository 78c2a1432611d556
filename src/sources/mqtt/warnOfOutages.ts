import type { MqttConnection } from './mqttConnection.js';

/**
 * A process warning for each outage, however many attempts it takes, and for its end.
 *
 * @internal
 */
export const warnOfOutages = (): ((connection: MqttConnection) => void) => {
  let isAway = false;
  return (connection) => {
    const wasAway = isAway;
    isAway = connection.state === 'away';
    if (isAway === wasAway) return;
    const said = connection.state === 'away' ? `${connection.reason}; trying again` : 'is there again';
    process.emitWarning(`${connection.broker} ${said}`, 'EpistreamWarning');
  };
};
