import { describe, expect, it } from '@jest/globals';
import { hasWildcard, isTopicFilter, matchesTopic } from '../../../src/sources/mqtt/topicFilter.js';

describe('a topic filter', () => {
  it.each(['a', '/', 'a/b', '+', '#', '+/a', 'a/+/#', '/+', 'a b/é', '$SYS/#'])('%p is one', (filter) => {
    expect(isTopicFilter(filter)).toBe(true);
  });

  it.each(['', 'a+', 'a/b+/c', '#/a', 'a#', 'a/#/b', 'a\0b'])('%p is none', (filter) => {
    expect(isTopicFilter(filter)).toBe(false);
  });

  // The examples of MQTT 3.1.1, 4.7.1 and 4.7.2.
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/#', 'sports', false],
    ['sport/tennis/#', 'sport', false],
    ['#', 'a/b', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['+/tennis/#', 'sport/tennis', true],
    ['a/b', 'a/B', false],
    ['#', '$SYS/uptime', false],
    ['+/uptime', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['$SYS/+', '$SYS/uptime', true],
  ])('%s and %s: %p', (filter, topic, matches) => {
    expect(matchesTopic(filter, topic)).toBe(matches);
  });

  it('has wildcards or not', () => {
    expect(['a/b', 'a/+', '#'].map(hasWildcard)).toEqual([false, true, true]);
  });
});
