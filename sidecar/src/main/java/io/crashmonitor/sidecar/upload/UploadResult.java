package io.crashmonitor.sidecar.upload;

import io.crashmonitor.agent.DumpDecision;
import java.time.Duration;
import java.util.Optional;

/** How an attempt to upload a dump ended. */
public sealed interface UploadResult {
  /**
   * The blob is there, by this attempt or an earlier one.
   *
   * @param length bytes of the blob
   * @param rawLength bytes of the dump
   * @param sha256 of the dump
   */
  record Committed(long length, long rawLength, String sha256) implements UploadResult {}

  /** The operator decided anew while the grant was being renewed. */
  record Decided(DumpDecision decision) implements UploadResult {}

  /**
   * Not now; what is in storage stays there.
   *
   * @param after to wait at least
   * @param progress whether this attempt brought something there
   */
  record Postponed(String why, Optional<Duration> after, boolean progress)
      implements UploadResult {}

  /** The file is gone. */
  record FileGone() implements UploadResult {}
}
