package io.crashmonitor.testbed.node;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A namespace in memory, whose tokens live for 1000 s and are numbered. */
final class FakeObjects implements PodObjects {
  static final long TOKEN_LIFE_MILLIS = 1_000_000;

  final Map<String, Map<String, byte[]>> configMaps = new HashMap<>();
  final Map<String, Map<String, byte[]>> secrets = new HashMap<>();
  long now;
  int tokens;

  static Map<String, byte[]> one(String key, String value) {
    return Map.of(key, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Optional<Map<String, byte[]>> configMap(String name) {
    return Optional.ofNullable(configMaps.get(name));
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String name) {
    return Optional.ofNullable(secrets.get(name));
  }

  @Override
  public Token token(String audience, long expirationSeconds) {
    tokens++;
    return new Token(audience + "-" + tokens, now + TOKEN_LIFE_MILLIS);
  }
}
