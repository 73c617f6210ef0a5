package io.crashmonitor.sidecar.upload;

import io.crashmonitor.api.Compression;

/**
 * What stands beside the blob's bytes.
 *
 * @param fileName what a browser saves it as
 * @param compression of the bytes; Gzip makes every download arrive plain
 * @param sha256 of the dump before compression
 */
record BlobProperties(String fileName, Compression compression, String sha256) {
  /**
   * The name for a browser: the blob's without folders and, as gzip is undone on the way, without
   * its suffix.
   */
  static String fileName(String blob, Compression compression) {
    String name = blob.substring(blob.lastIndexOf('/') + 1);
    int end = name.lastIndexOf(".dmp");
    String dump = end < 0 ? "crash.dmp" : name.substring(0, end + 4);
    String plain = compression == Compression.Zstd ? dump + ".zst" : dump;
    return plain.replaceAll("[^A-Za-z0-9._-]", "-");
  }
}
