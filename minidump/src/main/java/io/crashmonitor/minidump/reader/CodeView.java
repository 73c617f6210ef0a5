package io.crashmonitor.minidump.reader;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The record that names an image's symbols (CodeView RSDS).
 *
 * @param pdb file name of the PDB, without its folder
 * @param debugId GUID and age without separators, as symbol servers write them
 */
public record CodeView(String pdb, String debugId) {
  private static final int RSDS = 0x53445352;
  private static final int LONGEST = 1024;

  static Optional<CodeView> read(ByteSource bytes, Place place) {
    if (place.size() < 25 || !bytes.holds(place.offset(), place.size())) {
      return Optional.empty();
    }
    long at = place.offset();
    if (bytes.i32(at) != RSDS) {
      return Optional.empty();
    }
    StringBuilder id = new StringBuilder();
    id.append(String.format(Locale.ROOT, "%08X", bytes.i32(at + 4)));
    id.append(String.format(Locale.ROOT, "%04X%04X", bytes.u16(at + 8), bytes.u16(at + 10)));
    for (int i = 12; i < 20; i++) {
      id.append(String.format(Locale.ROOT, "%02X", bytes.u8(at + i)));
    }
    id.append(Integer.toHexString(bytes.i32(at + 20)).toUpperCase(Locale.ROOT));
    byte[] raw = bytes.bytes(at + 24, (int) Math.min(place.size() - 24, LONGEST));
    String path = new String(raw, StandardCharsets.UTF_8);
    int end = path.indexOf('\0');
    path = end < 0 ? path : path.substring(0, end);
    int slash = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
    return Optional.of(new CodeView(path.substring(slash + 1), id.toString()));
  }
}
