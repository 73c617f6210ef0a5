package io.crashmonitor.agent;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Duration;

/**
 * What sidecar and operator agree on beside the shapes of the messages: HTTPS, JSON, bearer token
 * of the pod with audience {@value io.crashmonitor.api.Names#AUDIENCE}.
 */
public final class AgentProtocol {
  public static final String SYNC = "/agent/v1/sync";
  public static final String DUMPS = "/agent/v1/dumps";
  public static final String COMPLETE = "/agent/v1/dumps/{crashId}/complete";
  public static final String ABANDON = "/agent/v1/dumps/{crashId}/abandon";

  /** A long poll is answered after this at the latest. */
  public static final Duration LONGEST_POLL = Duration.ofSeconds(60);

  /** Bytes of a message; a longer one is refused with 413 before it is parsed. */
  public static final int MESSAGE_LIMIT = 512 * 1024;

  /** Metadata of a dump's blob: SHA-256 of the dump before compression. */
  public static final String SHA256 = "sha256";

  // One for all: each mapper learns the same types anew, which in an idle agent is what there is.
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .build();

  private AgentProtocol() {}

  /** The mapper both sides use: RFC 3339 times, unknown fields and enum values tolerated. */
  public static JsonMapper mapper() {
    return MAPPER;
  }
}
