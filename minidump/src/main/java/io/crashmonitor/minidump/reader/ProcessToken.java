package io.crashmonitor.minidump.reader;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * As whom the process ran, as far as it is nobody's personal data: of the account only those names
 * that are the same on every machine, no SID, no group.
 *
 * <p>TokenStream (MINIDUMP_TOKEN_INFO_LIST). What follows a token's header is not documented; in
 * the dumps at hand it is seven pairs of offset and size, for session, user, groups, primary group,
 * privileges, statistics and restricted SIDs, where pointers to SIDs have become offsets. What does
 * not look like that is a finding.
 *
 * @param account well-known name of the user; empty for any other
 * @param integrity RID of the mandatory label
 * @param administrator whether the group of administrators is in force
 */
public record ProcessToken(
    Optional<String> account, OptionalLong integrity, boolean administrator) {
  private static final int LIST = 16;
  private static final int HEADER = 16;
  private static final int FIELDS = 7;
  private static final int USER = 1;
  private static final int GROUPS = 2;
  private static final int MOST_TOKENS = 4096;
  private static final int MOST_GROUPS = 1024;
  private static final int ENABLED = 0x04;
  private static final int INTEGRITY = 0x20;
  private static final String ADMINISTRATORS = "5-32-544";
  private static final String LABEL = "16-";

  /** The token of that process; of an impersonating thread none is read. */
  static Optional<ProcessToken> read(ByteSource bytes, StreamEntry stream, OptionalLong processId) {
    Shape.atLeast(stream, LIST);
    long tokens = bytes.u32(stream.offset() + 4);
    long next = stream.offset() + bytes.u32(stream.offset() + 8);
    for (long i = 0; i < Math.min(tokens, MOST_TOKENS); i++) {
      long size = bytes.u32(next);
      if (size < HEADER + 8 * FIELDS || next + size > stream.end()) {
        throw Shape.malformed(
            next, "a token of " + size + " bytes in a stream that ends at " + stream.end());
      }
      bytes.require(next, size);
      if (processId.isEmpty() || bytes.u32(next + 4) == processId.getAsLong()) {
        return Optional.of(token(bytes, next, size));
      }
      next += size;
    }
    return Optional.empty();
  }

  private static ProcessToken token(ByteSource bytes, long token, long size) {
    Place user = field(bytes, token, size, USER);
    Optional<String> account =
        user.size() < 8 ? Optional.empty() : wellKnown(sid(bytes, user, bytes.u32(user.offset())));
    Place groups = field(bytes, token, size, GROUPS);
    long count = groups.size() < 4 ? 0 : bytes.u32(groups.offset());
    if (count > MOST_GROUPS || 4 + 8 * count > Math.max(4, groups.size())) {
      throw Shape.malformed(groups.offset(), count + " groups do not fit into the token");
    }
    OptionalLong integrity = OptionalLong.empty();
    boolean administrator = false;
    for (int i = 0; i < count; i++) {
      long at = groups.offset() + 4 + 8L * i;
      long attributes = bytes.u32(at + 4);
      String sid = sid(bytes, groups, bytes.u32(at));
      if ((attributes & INTEGRITY) != 0 && sid.startsWith(LABEL)) {
        integrity = OptionalLong.of(Long.parseLong(sid.substring(sid.lastIndexOf('-') + 1)));
      }
      administrator |= (attributes & ENABLED) != 0 && sid.equals(ADMINISTRATORS);
    }
    return new ProcessToken(account, integrity, administrator);
  }

  private static Place field(ByteSource bytes, long token, long size, int index) {
    long at = token + HEADER + 8L * index;
    Place field = new Place(bytes.u32(at + 4), bytes.u32(at));
    if (field.offset() > size || field.size() > size - field.offset()) {
      throw Shape.malformed(at, "a field of the token lies outside of it");
    }
    return new Place(field.size(), token + field.offset());
  }

  /** Authority and sub-authorities, joined by '-': {@code 5-32-544}. */
  private static String sid(ByteSource bytes, Place field, long offset) {
    if (offset > field.size() - 8) {
      throw Shape.malformed(field.offset(), "a SID lies outside of its field");
    }
    long at = field.offset() + offset;
    int parts = bytes.u8(at + 1);
    if (bytes.u8(at) != 1 || parts > 15 || offset + 8 + 4L * parts > field.size()) {
      throw Shape.malformed(at, "no SID");
    }
    StringBuilder sid = new StringBuilder().append(bytes.u8(at + 7));
    for (int i = 0; i < parts; i++) {
      sid.append('-').append(bytes.u32(at + 8 + 4L * i));
    }
    return sid.toString();
  }

  private static Optional<String> wellKnown(String sid) {
    return switch (sid) {
      case "5-18" -> Optional.of("LocalSystem");
      case "5-19" -> Optional.of("LocalService");
      case "5-20" -> Optional.of("NetworkService");
      case "5-93-2-1" -> Optional.of("ContainerAdministrator");
      case "5-93-2-2" -> Optional.of("ContainerUser");
      default -> Optional.empty();
    };
  }
}
