package io.crashmonitor.sidecar.upload;

import com.github.luben.zstd.Zstd;
import java.util.logging.Logger;

/**
 * Zstandard (RFC 8878) by its reference implementation, a native library that its jar unpacks into
 * the folder for temporary files. Frames one after the other are one stream.
 */
final class Zstandard {
  private static final Logger LOG = Logger.getLogger(Zstandard.class.getName());
  // Its default: three times as fast as gzip's fastest, and smaller.
  private static final int LEVEL = 3;

  /** Found out when it is first asked for, as an agent without Zstd does not load the library. */
  private static final class Library {
    static final boolean LOADED = load();

    private static boolean load() {
      try {
        return Zstd.compressBound(1) > 0;
      } catch (LinkageError notHere) {
        LOG.warning("no Zstd here, dumps are stored as Gzip: " + notHere.getMessage());
        return false;
      }
    }
  }

  private Zstandard() {}

  /** Whether the library runs on this machine. */
  static boolean isHere() {
    return Library.LOADED;
  }

  /** Compresses the bytes to a frame at the beginning of the other; its length. */
  static int frame(byte[] from, int length, byte[] to) {
    long written = Zstd.compressByteArray(to, 0, to.length, from, 0, length, LEVEL);
    if (Zstd.isError(written)) {
      throw new IllegalStateException("zstd: " + Zstd.getErrorName(written));
    }
    return (int) written;
  }
}
