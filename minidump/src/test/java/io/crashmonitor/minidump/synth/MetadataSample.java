package io.crashmonitor.minidump.synth;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metadata block (ECMA-335 II.24) with a row or more in each table that is read: {@code
 * System.Exception}, {@code Contoso.OrderException}, and a generic {@code Contoso.Cart`1} with an
 * async method {@code Place}. Names and blobs are kept in small heaps.
 */
public final class MetadataSample {
  /** Type definitions, as rows of their table. */
  public static final int EXCEPTION = 2;

  public static final int ORDER_EXCEPTION = 3;
  public static final int CART = 4;
  public static final int MACHINE = 5;

  /** Method definitions, as rows of their table. */
  public static final int GET_MESSAGE = 1;

  public static final int PLACE = 2;
  public static final int MOVE_NEXT = 3;

  // Tables that are present: those written below, in the order of their numbers.
  private static final int[] TABLES = {0, 1, 2, 4, 6, 8, 9, 0x0A, 0x0C, 0x29, 0x2A};
  private static final int[] ROWS = {1, 4, 5, 2, 3, 2, 1, 2, 2, 1, 1};

  private final Bytes strings = new Bytes().u8(0);
  private final Map<String, Integer> known = new LinkedHashMap<>(Map.of("", 0));
  private final Bytes blobs = new Bytes().u8(0);

  private MetadataSample() {}

  /** The block, from its signature on. */
  public static byte[] block() {
    return new MetadataSample().build();
  }

  private byte[] build() {
    byte[] tables = tables();
    Bytes block = new Bytes().ascii("BSJB").u16(1).u16(1).u32(0).u32(12).ascii("v4.0.30319");
    block.u16(0).u16(0).u16(3);
    int first = block.size() + 12 + 20 + 16;
    block.u32(first).u32(tables.length).ascii("#~").u16(0);
    block.u32(first + tables.length).u32(strings.size()).ascii("#Strings").u32(0);
    block.u32(first + tables.length + strings.size()).u32(blobs.size()).ascii("#Blob").u8(0, 0, 0);
    return block.raw(tables).raw(strings.toArray()).raw(blobs.toArray()).toArray();
  }

  private byte[] tables() {
    long valid = 0;
    Bytes counts = new Bytes();
    for (int i = 0; i < TABLES.length; i++) {
      valid |= 1L << TABLES[i];
      counts.u32(ROWS[i]);
    }
    Bytes out = new Bytes().u32(0).u8(2, 0, 0, 1).u64(valid).u64(0).raw(counts.toArray());
    types(out);
    members(out);
    relations(out);
    return out.toArray();
  }

  private void types(Bytes out) {
    out.u16(0).u16(name("Contoso.dll")).u16(0).u16(0).u16(0);
    reference(out, "System", "Object");
    reference(out, "System.Runtime.CompilerServices", "IAsyncStateMachine");
    reference(out, "System.Diagnostics", "StackTraceHiddenAttribute");
    reference(out, "System.Reflection", "AssemblyInformationalVersionAttribute");
    type(out, "", "<Module>", 0, 1, 1);
    type(out, "System", "Exception", 1 << 2 | 1, 1, 1);
    type(out, "Contoso", "OrderException", EXCEPTION << 2, 3, 2);
    type(out, "Contoso", "Cart`1", 1 << 2 | 1, 3, 2);
    type(out, "", "<Place>d__1", 1 << 2 | 1, 3, 3);
  }

  private void members(Bytes out) {
    out.u16(1).u16(name("_message")).u16(blob(0x06, 0x0E));
    out.u16(1).u16(name("_HResult")).u16(blob(0x06, 0x08));
    method(out, "get_Message", 1, 0x20, 0, 0x0E);
    // Task Place(string sku, T[] items, Object<int, object>), T of the type
    method(out, "Place", 1, 0x20, 3, 0x12, 5, 0x0E, 0x1D, 0x13, 0, 0x15, 0x12, 5, 2, 0x08, 0x1C);
    method(out, "MoveNext", 3, 0x20, 0, 0x01);
    out.u16(0).u16(1).u16(name("sku"));
    out.u16(0).u16(2).u16(name("items"));
  }

  private void relations(Bytes out) {
    out.u16(MACHINE).u16(2 << 2 | 1);
    out.u16(3 << 3 | 1).u16(name(".ctor")).u16(blob(0x20, 0, 1));
    out.u16(4 << 3 | 1).u16(name(".ctor")).u16(blob(0x20, 1, 1, 0x0E));
    out.u16(GET_MESSAGE << 5).u16(1 << 3 | 3).u16(blob(1, 0, 0, 0));
    out.u16(1 << 5 | 14).u16(2 << 3 | 3).u16(blob(1, 0, 4, '9', '.', '0', '.', 0, 0));
    out.u16(MACHINE).u16(CART);
    out.u16(0).u16(0).u16(CART << 1).u16(name("T"));
  }

  private void reference(Bytes out, String namespace, String name) {
    out.u16(1 << 2 | 2).u16(name(name)).u16(name(namespace));
  }

  private void type(
      Bytes out, String namespace, String name, int extended, int fields, int methods) {
    out.u32(1).u16(name(name)).u16(name(namespace)).u16(extended).u16(fields).u16(methods);
  }

  private void method(Bytes out, String name, int parameters, long... signature) {
    out.u32(0).u16(0).u16(0x6).u16(name(name)).u16(blob(signature)).u16(parameters);
  }

  private int name(String name) {
    return known.computeIfAbsent(
        name,
        added -> {
          int at = strings.size();
          strings.raw(added.getBytes(StandardCharsets.UTF_8)).u8(0);
          return at;
        });
  }

  private int blob(long... bytes) {
    int at = blobs.size();
    blobs.u8(bytes.length).u8(bytes);
    return at;
  }
}
