package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Answer to a {@link DumpCompletion}.
 *
 * @param outcome what the operator found in storage
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CompletionVerdict(Outcome outcome, String message) {
  public enum Outcome {
    /** The blob is there and as announced: delete the file. */
    Stored,
    /** The blob is not there, or not as announced: upload again. */
    UploadAgain,
    /** The grant is gone: offer the dump again. */
    OfferAgain
  }
}
