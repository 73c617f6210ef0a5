package io.crashmonitor.sidecar.procdump;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Takes the program out of what was fetched. Pure. */
final class ProcDumpProgram {
  /** ProcDump 12 has 0.7 MB; what is larger is something else. */
  static final int LIMIT = 16 * 1024 * 1024;

  static final String NAME = "procdump64.exe";
  private static final int ENTRIES = 100;

  private ProcDumpProgram() {}

  /**
   * @param file what was fetched
   * @return the program's bytes
   * @throws IOException saying what is wrong: another checksum, or no program in it
   */
  static byte[] of(byte[] file, String sha256) throws IOException {
    String actual = sha256(file);
    if (!actual.equals(sha256)) {
      throw new IOException("its SHA-256 is " + actual + ", not the configured " + sha256);
    }
    byte[] program = startsWith(file, 'P', 'K') ? unpacked(file) : file;
    if (!startsWith(program, 'M', 'Z')) {
      throw new IOException("it is neither a Windows program nor a zip that holds " + NAME);
    }
    return program;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] unpacked(byte[] file) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      int seen = 0;
      for (ZipEntry entry = zip.getNextEntry();
          entry != null && seen < ENTRIES;
          entry = zip.getNextEntry()) {
        seen++;
        String name = entry.getName();
        if (name.substring(name.lastIndexOf('/') + 1).equalsIgnoreCase(NAME)) {
          byte[] program = zip.readNBytes(LIMIT + 1);
          if (program.length > LIMIT) {
            throw new IOException(NAME + " in it has more than " + LIMIT + " bytes");
          }
          return program;
        }
      }
    }
    throw new IOException("the zip holds no " + NAME);
  }

  private static boolean startsWith(byte[] bytes, char first, char second) {
    return bytes.length > 1 && bytes[0] == first && bytes[1] == second;
  }
}
