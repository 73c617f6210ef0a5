package io.crashmonitor.sidecar.procdump;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of ProcDump's console as text. Version 12.01 writes UTF-16LE without a byte order mark into
 * a file, earlier ones UTF-8: told apart by where the zero bytes are.
 */
final class ConsoleBytes {
  private ConsoleBytes() {}

  /** Any bytes; what is no text becomes replacement characters. */
  static String text(byte[] bytes) {
    int[] zeros = new int[2];
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        zeros[i % 2]++;
      }
    }
    boolean wide = zeros[0] + zeros[1] > bytes.length / 8;
    // The end of a longer file may begin in the middle of a character.
    int from = wide && zeros[0] > zeros[1] ? 1 : 0;
    Charset charset = wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
    String text = new String(bytes, from, bytes.length - from, charset);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
