package io.crashmonitor.testbed.demo;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The dumps in a blob container, each looked at as a download of it would be. */
final class StoredDumps {
  /** "MDMP", little-endian: the signature of a minidump (minidumpapiset.h). */
  private static final int SIGNATURE = 0x504D444D;

  private static final int HEADER_BYTES = 32;

  private StoredDumps() {}

  /**
   * @param name of the blob
   * @param bytes as stored
   * @param rawBytes of the dump itself
   * @param valid whether it has a minidump's header and its whole directory
   */
  record Dump(String name, long bytes, long rawBytes, boolean valid) {}

  static List<Dump> in(BlobContainerClient container) {
    List<Dump> dumps = new ArrayList<>();
    for (BlobItem item : container.listBlobs()) {
      if (item.getName().endsWith(".dmp") || item.getName().endsWith(".dmp.gz")) {
        dumps.add(look(container, item.getName()));
      }
    }
    return dumps;
  }

  private static Dump look(BlobContainerClient container, String name) {
    byte[] stored = container.getBlobClient(name).downloadContent().toBytes();
    try (InputStream raw =
        name.endsWith(".gz")
            ? new GZIPInputStream(new ByteArrayInputStream(stored))
            : new ByteArrayInputStream(stored)) {
      byte[] header = raw.readNBytes(HEADER_BYTES);
      long length = header.length + raw.transferTo(java.io.OutputStream.nullOutputStream());
      return new Dump(name, stored.length, length, isMinidump(header, length));
    } catch (IOException broken) {
      return new Dump(name, stored.length, 0, false);
    }
  }

  private static boolean isMinidump(byte[] header, long length) {
    if (header.length < HEADER_BYTES) {
      return false;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long streams = Integer.toUnsignedLong(fields.getInt(8));
    long directory = Integer.toUnsignedLong(fields.getInt(12));
    return fields.getInt(0) == SIGNATURE && streams > 0 && directory + streams * 12 <= length;
  }
}
