package io.crashmonitor.operator.storage;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One blob container, as much of it as is needed. Every method asks the service, with time-outs and
 * a bounded number of retries, and throws {@link StorageFaultException} when it does not answer.
 */
public interface DumpStore {
  /**
   * @param etag of the version that was read
   */
  record Content(byte[] bytes, String etag) {}

  /** What a blob is, without its content. */
  record Facts(String name, long length, Map<String, String> metadata, String etag) {}

  /**
   * @param blobs in the order of their names
   * @param complete false when the limit cut it
   */
  record Listing(List<Facts> blobs, boolean complete) {
    public Listing {
      blobs = List.copyOf(blobs);
    }
  }

  /**
   * @param limit a longer blob is refused
   * @return empty when there is no such blob
   */
  Optional<Content> read(String blob, int limit);

  /** What the blob is; empty when there is none. */
  Optional<Facts> stat(String blob);

  /**
   * @return false when there is one already
   */
  boolean create(String blob, byte[] json, Map<String, String> metadata);

  /**
   * @return false when it is not the version of the etag any more
   */
  boolean replace(String blob, byte[] json, Map<String, String> metadata, String etag);

  /** Deletes that version; nothing when it changed or is gone. */
  void delete(String blob, String etag);

  /** All blobs under a prefix with their metadata, page by page. */
  Listing list(String prefix, int limit);

  /** Names of the folders right under a prefix, each ending with a slash. */
  List<String> folders(String prefix, int limit);

  /**
   * Where exactly this blob can be created and written until the time given; a secret.
   *
   * @param expires at most an hour from now
   */
  URI writeLink(String blob, Instant expires);

  /**
   * Where exactly this blob can be read until the time given; a secret.
   *
   * @param expires at most an hour from now
   */
  URI readLink(String blob, Instant expires);
}
