package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** Answer to a {@link DumpOffer}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DumpDecision.Granted.class, name = "Granted"),
  @JsonSubTypes.Type(value = DumpDecision.AlreadyStored.class, name = "AlreadyStored"),
  @JsonSubTypes.Type(value = DumpDecision.Refused.class, name = "Refused")
})
public sealed interface DumpDecision {

  /**
   * A place for exactly this dump.
   *
   * @param blob name of the blob
   * @param url where to put blocks and block list: carries a short-lived signature for this one
   *     blob (create and write). A secret: never logged.
   * @param expires when the signature ends; offer again to renew
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Granted(String blob, String url, Instant expires) implements DumpDecision {
    @Override
    public String toString() {
      return "Granted[" + blob + " until " + expires + "]";
    }
  }

  /** The dump is in storage and verified: delete the file. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record AlreadyStored(String blob) implements DumpDecision {}

  /**
   * No place: delete the file. The crash itself is recorded.
   *
   * @param reason BudgetUsed, WindowClosed, Truncated or NotWanted
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Refused(String reason, String message) implements DumpDecision {}
}
