package io.crashmonitor.sidecar.upload;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * The checksums of a dump as far as it was read, piece by piece. They outlast an attempt to upload
 * it: the next one need not read again what storage has already, be it gigabytes. Used by one
 * thread at a time.
 */
public final class Checksums {
  private MessageDigest sha256 = newSha256();
  private CRC32 crc = new CRC32();
  private long size = -1;
  private long modified;
  private int pieces;
  private String finished = "";

  /** Begins anew where they are of another file than this. */
  void of(long fileSize, long fileModified) {
    if (size != fileSize || modified != fileModified) {
      forget();
      size = fileSize;
      modified = fileModified;
    }
  }

  /** How many pieces they are of, from the first. */
  int pieces() {
    return pieces;
  }

  /** Takes a part of the next piece. */
  void add(ByteBuffer part) {
    sha256.update(part.duplicate());
    crc.update(part.duplicate());
  }

  /** The next piece was read to its end. */
  void pieceRead() {
    pieces++;
  }

  /** A piece was read in part: nobody knows how far. */
  void forget() {
    sha256 = newSha256();
    crc = new CRC32();
    size = -1;
    pieces = 0;
    finished = "";
  }

  int crc32() {
    return (int) crc.getValue();
  }

  /** Of all pieces, in lower case hexadecimal. */
  String sha256() {
    if (finished.isEmpty()) {
      finished = HexFormat.of().formatHex(sha256.digest());
    }
    return finished;
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
