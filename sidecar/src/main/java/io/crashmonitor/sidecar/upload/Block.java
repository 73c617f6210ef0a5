package io.crashmonitor.sidecar.upload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A piece of a blob.
 *
 * @param id the same for the same piece, whoever makes it and when: its place and its content
 * @param bytes holds it
 * @param length of it in bytes
 */
record Block(String id, byte[] bytes, int length, byte[] md5) {
  /** The service's limit is 50,000 blocks a blob. */
  static final int MOST = 50_000;

  private static final int HASH_BYTES = 8;

  static Block of(int index, byte[] bytes, int length) {
    byte[] md5 = md5(bytes, length);
    String hash = HexFormat.of().formatHex(Arrays.copyOf(md5, HASH_BYTES));
    // All ids of a blob must be of one length.
    return new Block(String.format("%06d-%s", index, hash), bytes, length, md5);
  }

  String base64Id() {
    return base64(id);
  }

  static String base64(String id) {
    return Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] md5(byte[] bytes, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(bytes, 0, length);
      return digest.digest();
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
