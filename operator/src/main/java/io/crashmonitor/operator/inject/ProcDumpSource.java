package io.crashmonitor.operator.inject;

import java.net.URI;

/**
 * A file that sidecars fetch ProcDump from.
 *
 * @param url https; {@code procdump64.exe} itself or a zip archive that holds it
 * @param sha256 of the file, 64 hexadecimal digits in lower case; another file is not used
 */
public record ProcDumpSource(URI url, String sha256) {}
