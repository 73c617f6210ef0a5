package io.crashmonitor.sidecar.procdump;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * The file that ProcDump is fetched from.
 *
 * @param url https; the program itself or a zip archive that holds it
 * @param sha256 of the file, 64 hexadecimal digits in lower case
 */
public record ProcDumpSource(URI url, String sha256) {
  /** What a SHA-256 must look like. */
  public static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
}
