package io.crashmonitor.minidump.clr.metadata;

import java.util.Optional;

/**
 * Custom attributes of a metadata block (ECMA-335 II.22.10); the table is sorted by what carries
 * them.
 */
final class Attributes {
  private static final int MAX_OF_ONE = 64;

  private final Tables tables;
  private final Metadata metadata;

  Attributes(Tables tables, Metadata metadata) {
    this.tables = tables;
    this.metadata = metadata;
  }

  /** Row of the attribute of that full name; {@code codedParent} is a HasCustomAttribute index. */
  Optional<Integer> row(int codedParent, String attribute) {
    int rows = tables.rows(TableSchema.CUSTOM_ATTRIBUTE);
    int at = tables.lowerBound(TableSchema.CUSTOM_ATTRIBUTE, 0, codedParent);
    for (int seen = 0; at <= rows && seen < MAX_OF_ONE; at++, seen++) {
      if (tables.cell(TableSchema.CUSTOM_ATTRIBUTE, at, 0) != codedParent) {
        return Optional.empty();
      }
      if (attribute.equals(name(tables.cell(TableSchema.CUSTOM_ATTRIBUTE, at, 1)))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  /** Full name of the type whose constructor a CustomAttributeType index names. */
  private String name(int codedConstructor) {
    int row = codedConstructor >>> 3;
    if ((codedConstructor & 7) == 2) {
      return metadata.typeName(Metadata.TYPE_TOKEN | metadata.owner(row, 5));
    }
    int parent = tables.cell(TableSchema.MEMBER_REF, row, 0);
    return switch (parent & 7) {
      case 0 -> metadata.typeName(Metadata.TYPE_TOKEN | parent >>> 3);
      case 1 -> metadata.typeRefName(parent >>> 3, true);
      default -> "";
    };
  }
}
