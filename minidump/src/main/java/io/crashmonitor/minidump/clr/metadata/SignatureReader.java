package io.crashmonitor.minidump.clr.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Signatures of methods and fields (ECMA-335 II.23.2), as far as a stack trace shows them. Depth
 * and count are bounded: a signature that goes on too long throws {@link ClrReadException}.
 */
final class SignatureReader {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_PARAMETERS = 256;
  private static final int MAX_TEXT = 512;
  private static final int MAX_BLOB = 8192;

  private final View view;
  private final IntFunction<String> typeName;
  private long end;
  private long at;

  /**
   * @param blob address of the blob's length prefix
   * @param typeName simple name of a coded TypeDefOrRef
   */
  SignatureReader(View view, long blob, IntFunction<String> typeName) {
    this.view = view;
    this.typeName = typeName;
    this.at = blob;
    // The prefix takes at most four bytes; what it says bounds everything after it.
    this.end = blob + 4;
    int length = compressed();
    this.end = at + Math.min(length, MAX_BLOB);
  }

  /**
   * Types of a method's parameters as the runtime prints them: simple names, {@code Action`1},
   * {@code Int32[]}, {@code Byte&}.
   */
  List<String> parameters(GenericNames generics) {
    int convention = next();
    if ((convention & 0x10) != 0) {
      compressed();
    }
    int count = compressed();
    if (count > MAX_PARAMETERS) {
      throw new ClrReadException("signature with " + count + " parameters", at);
    }
    type(generics, 0);
    List<String> types = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      types.add(type(generics, 0));
    }
    return types;
  }

  /** The first argument of an attribute's value, where it is a text (II.23.3). */
  Optional<String> attributeText() {
    if (next() != 1 || next() != 0) {
      return Optional.empty();
    }
    int length = compressed();
    if (length > MAX_TEXT || length > end - at) {
      return Optional.empty();
    }
    return Optional.of(view.utf8(at, length));
  }

  /** Kind of a field, from its signature. */
  FieldKind fieldKind() {
    if ((next() & 0x0F) != 0x06) {
      throw new ClrReadException("not the signature of a field", at);
    }
    int element = next();
    while (element == 0x1F || element == 0x20) {
      compressed();
      element = next();
    }
    return switch (element) {
      case 0x02, 0x04, 0x05 -> FieldKind.ONE_BYTE;
      case 0x03, 0x06, 0x07 -> FieldKind.TWO_BYTES;
      case 0x08, 0x09, 0x0C -> FieldKind.FOUR_BYTES;
      case 0x0A, 0x0B, 0x0D, 0x0F, 0x18, 0x19, 0x1B -> FieldKind.EIGHT_BYTES;
      case 0x11, 0x13, 0x16 -> FieldKind.STRUCT;
      case 0x15 -> next() == 0x11 ? FieldKind.STRUCT : FieldKind.REFERENCE;
      default -> FieldKind.REFERENCE;
    };
  }

  private String type(GenericNames generics, int depth) {
    if (depth > MAX_DEPTH) {
      throw new ClrReadException("signature nested too deep", at);
    }
    int element = next();
    String primitive = primitive(element);
    if (!primitive.isEmpty()) {
      return primitive;
    }
    String text =
        switch (element) {
          case 0x0F -> type(generics, depth + 1) + "*";
          case 0x10 -> type(generics, depth + 1) + "&";
          case 0x11, 0x12 -> typeName.apply(compressed());
          case 0x13 -> generic(generics.ofType(), compressed(), "!");
          case 0x1E -> generic(generics.ofMethod(), compressed(), "!!");
          case 0x14 -> array(generics, depth);
          case 0x15 -> instantiation(generics, depth);
          case 0x1B -> functionPointer(generics, depth);
          case 0x1D -> type(generics, depth + 1) + "[]";
          case 0x1F, 0x20 -> modified(generics, depth);
          case 0x41, 0x45 -> type(generics, depth + 1);
          default -> throw new ClrReadException("signature element " + element, at);
        };
    if (text.length() > MAX_TEXT) {
      throw new ClrReadException("signature too long", at);
    }
    return text;
  }

  private static String primitive(int element) {
    return switch (element) {
      case 0x01 -> "Void";
      case 0x02 -> "Boolean";
      case 0x03 -> "Char";
      case 0x04 -> "SByte";
      case 0x05 -> "Byte";
      case 0x06 -> "Int16";
      case 0x07 -> "UInt16";
      case 0x08 -> "Int32";
      case 0x09 -> "UInt32";
      case 0x0A -> "Int64";
      case 0x0B -> "UInt64";
      case 0x0C -> "Single";
      case 0x0D -> "Double";
      case 0x0E -> "String";
      case 0x16 -> "TypedReference";
      case 0x18 -> "IntPtr";
      case 0x19 -> "UIntPtr";
      case 0x1C -> "Object";
      default -> "";
    };
  }

  private static String generic(List<String> names, int index, String mark) {
    return index < names.size() ? names.get(index) : mark + index;
  }

  private String modified(GenericNames generics, int depth) {
    compressed();
    return type(generics, depth + 1);
  }

  private String instantiation(GenericNames generics, int depth) {
    next();
    String name = typeName.apply(compressed());
    int count = counted();
    for (int i = 0; i < count; i++) {
      type(generics, depth + 1);
    }
    return name;
  }

  private String array(GenericNames generics, int depth) {
    String of = type(generics, depth + 1);
    int rank = counted();
    int sizes = counted();
    for (int i = 0; i < sizes; i++) {
      compressed();
    }
    int lows = counted();
    for (int i = 0; i < lows; i++) {
      compressed();
    }
    return of + "[" + ",".repeat(Math.max(0, Math.min(rank, 32) - 1)) + "]";
  }

  private String functionPointer(GenericNames generics, int depth) {
    int convention = next();
    if ((convention & 0x10) != 0) {
      compressed();
    }
    int count = counted();
    for (int i = 0; i <= count; i++) {
      type(generics, depth + 1);
    }
    return "IntPtr";
  }

  private int counted() {
    int count = compressed();
    if (count > MAX_PARAMETERS) {
      throw new ClrReadException("signature with " + count + " parts", at);
    }
    return count;
  }

  private int next() {
    if (at >= end) {
      throw new ClrReadException("signature ends too early", at);
    }
    return view.u8(at++);
  }

  /** A compressed unsigned number (II.23.2). */
  private int compressed() {
    int first = next();
    if ((first & 0x80) == 0) {
      return first;
    }
    if ((first & 0x40) == 0) {
      return (first & 0x3F) << 8 | next();
    }
    int second = next();
    int third = next();
    return (first & 0x1F) << 24 | second << 16 | third << 8 | next();
  }
}
