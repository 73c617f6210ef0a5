package io.crashmonitor.minidump.clr.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Metadata of one managed assembly (ECMA-335 II.24), read in place: names of types and methods,
 * parameters, attributes. Tokens are as in the specification: table in the high byte, row (from 1)
 * below. Methods throw {@link ClrReadException} where the bytes are missing or cannot be metadata.
 */
public final class Metadata {
  /** Token of the first type definition, minus one. */
  public static final int TYPE_TOKEN = TableSchema.TYPE_DEF << 24;

  /** Token of the first method definition, minus one. */
  public static final int METHOD_TOKEN = TableSchema.METHOD_DEF << 24;

  private static final String STACK_TRACE_HIDDEN = "System.Diagnostics.StackTraceHiddenAttribute";
  private static final int MAX_NAME = 1024;
  private static final int MAX_NESTING = 16;

  private final View view;
  private final MetadataRoot root;
  private final Tables tables;
  private final Attributes attributes;
  private final Map<Integer, String> typeNames = new HashMap<>();

  private Metadata(View view, MetadataRoot root) {
    this.view = view;
    this.root = root;
    this.tables = new Tables(view, root.tables(), root.tablesSize());
    this.attributes = new Attributes(tables, this);
  }

  /**
   * Opens the metadata block.
   *
   * @param address of the {@code BSJB} signature
   * @param size of the block in bytes
   */
  public static Metadata at(View view, long address, long size) {
    return new Metadata(view, MetadataRoot.read(view, address, size));
  }

  /**
   * Full name of a type definition: namespace, enclosing types joined by '+', arity mark as {@code
   * `1}.
   */
  public String typeName(int typeToken) {
    int row = rowOf(typeToken, TableSchema.TYPE_DEF);
    String known = typeNames.get(row);
    if (known != null) {
      return known;
    }
    String name = buildTypeName(row);
    if (typeNames.size() < 4096) {
      typeNames.put(row, name);
    }
    return name;
  }

  private String buildTypeName(int row) {
    StringBuilder name = new StringBuilder(simpleName(row));
    int outer = row;
    for (int depth = 0; depth < MAX_NESTING; depth++) {
      Optional<Integer> enclosing = enclosing(outer);
      if (enclosing.isEmpty()) {
        return name.toString();
      }
      outer = enclosing.get();
      name.insert(0, simpleName(outer) + '+');
    }
    return name.toString();
  }

  private String simpleName(int row) {
    String namespace = string(tables.cell(TableSchema.TYPE_DEF, row, 2));
    String name = string(tables.cell(TableSchema.TYPE_DEF, row, 1));
    return namespace.isEmpty() ? name : namespace + '.' + name;
  }

  private Optional<Integer> enclosing(int row) {
    int at = tables.lowerBound(TableSchema.NESTED_CLASS, 0, row);
    boolean nested =
        at <= tables.rows(TableSchema.NESTED_CLASS)
            && tables.cell(TableSchema.NESTED_CLASS, at, 0) == row;
    return nested ? Optional.of(tables.cell(TableSchema.NESTED_CLASS, at, 1)) : Optional.empty();
  }

  /** Name of a method definition, as the compiler wrote it. */
  public String methodName(int methodToken) {
    return string(
        tables.cell(TableSchema.METHOD_DEF, rowOf(methodToken, TableSchema.METHOD_DEF), 3));
  }

  /** The type definition a method definition belongs to. */
  public int declaringType(int methodToken) {
    return TYPE_TOKEN | owner(rowOf(methodToken, TableSchema.METHOD_DEF), 5);
  }

  int owner(int row, int listColumn) {
    // The last type whose list starts at or before the row; types without members share the start
    // of the next one.
    int after = tables.lowerBound(TableSchema.TYPE_DEF, listColumn, row + 1);
    if (after <= 1) {
      throw new ClrReadException("method " + row + " belongs to no type", root.tables());
    }
    return after - 1;
  }

  /** Tokens of the methods of that name which the type itself defines. */
  public List<Integer> methodsNamed(int typeToken, String name) {
    int type = rowOf(typeToken, TableSchema.TYPE_DEF);
    int first = tables.cell(TableSchema.TYPE_DEF, type, 5);
    int end = listEnd(TableSchema.TYPE_DEF, type, 5, TableSchema.METHOD_DEF);
    List<Integer> found = new ArrayList<>();
    for (int m = first; m < end && m - first < 4096; m++) {
      if (name.equals(string(tables.cell(TableSchema.METHOD_DEF, m, 3)))) {
        found.add(METHOD_TOKEN | m);
      }
    }
    return found;
  }

  /** Token of the type a type is nested in. */
  public Optional<Integer> enclosingType(int typeToken) {
    return enclosing(rowOf(typeToken, TableSchema.TYPE_DEF)).map(row -> TYPE_TOKEN | row);
  }

  /** Fields of a type definition that every instance carries, in the order of their declaration. */
  public List<Field> instanceFields(int typeToken) {
    int type = rowOf(typeToken, TableSchema.TYPE_DEF);
    int first = tables.cell(TableSchema.TYPE_DEF, type, 4);
    int end = listEnd(TableSchema.TYPE_DEF, type, 4, TableSchema.FIELD);
    List<Field> fields = new ArrayList<>();
    for (int f = first; f < end && f - first < 1024; f++) {
      boolean isStatic = (tables.cell(TableSchema.FIELD, f, 0) & 0x10) != 0;
      if (!isStatic) {
        long blob = root.blob(tables.cell(TableSchema.FIELD, f, 2));
        SignatureReader signature = new SignatureReader(view, blob, this::typeRefOrDefName);
        fields.add(new Field(string(tables.cell(TableSchema.FIELD, f, 1)), signature.fieldKind()));
      }
    }
    return fields;
  }

  /**
   * Parameters of a method as the runtime prints them in a stack trace: {@code String sku, Int32
   * n}.
   */
  public String parameters(int methodToken) {
    int row = rowOf(methodToken, TableSchema.METHOD_DEF);
    long blob = root.blob(tables.cell(TableSchema.METHOD_DEF, row, 4));
    GenericNames generics = genericNames(row);
    List<String> types =
        new SignatureReader(view, blob, this::typeRefOrDefName).parameters(generics);
    List<String> names = parameterNames(row, types.size());
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      shown.add((types.get(i) + " " + names.get(i)).strip());
    }
    return String.join(", ", shown);
  }

  /** Names of a method's own type parameters, in order; empty where it is not generic. */
  public List<String> typeParameters(int methodToken) {
    return genericParams(rowOf(methodToken, TableSchema.METHOD_DEF) << 1 | 1);
  }

  private List<String> parameterNames(int row, int count) {
    List<String> names = new ArrayList<>(Collections.nCopies(count, ""));
    int first = tables.cell(TableSchema.METHOD_DEF, row, 5);
    int end = listEnd(TableSchema.METHOD_DEF, row, 5, TableSchema.PARAM);
    for (int p = first; p < end && p - first <= count; p++) {
      int sequence = tables.cell(TableSchema.PARAM, p, 1);
      if (sequence >= 1 && sequence <= count) {
        names.set(sequence - 1, string(tables.cell(TableSchema.PARAM, p, 2)));
      }
    }
    return names;
  }

  private GenericNames genericNames(int methodRow) {
    return new GenericNames(
        genericParams(owner(methodRow, 5) << 1), genericParams(methodRow << 1 | 1));
  }

  private List<String> genericParams(int codedOwner) {
    List<String> names = new ArrayList<>();
    int rows = tables.rows(TableSchema.GENERIC_PARAM);
    int at = tables.lowerBound(TableSchema.GENERIC_PARAM, 2, codedOwner);
    while (at <= rows
        && names.size() < 64
        && tables.cell(TableSchema.GENERIC_PARAM, at, 2) == codedOwner) {
      names.add(string(tables.cell(TableSchema.GENERIC_PARAM, at, 3)));
      at++;
    }
    return names;
  }

  /** Whether a type or method definition carries the attribute of that full name. */
  public boolean hasAttribute(int token, String attribute) {
    int tag = token >>> 24 == TableSchema.METHOD_DEF ? 0 : 3;
    return attributes.row((token & 0xFFFFFF) << 5 | tag, attribute).isPresent();
  }

  /**
   * Name of what a coded TypeDefOrRef points to: the simple name, which is what the runtime prints
   * of a parameter.
   */
  private String typeRefOrDefName(int coded) {
    return switch (coded & 3) {
      case 0 -> string(tables.cell(TableSchema.TYPE_DEF, coded >>> 2, 1));
      case 1 -> typeRefName(coded >>> 2, false);
      default -> "?";
    };
  }

  String typeRefName(int row, boolean full) {
    String name = string(tables.cell(TableSchema.TYPE_REF, row, 1));
    String namespace = full ? string(tables.cell(TableSchema.TYPE_REF, row, 2)) : "";
    return namespace.isEmpty() ? name : namespace + '.' + name;
  }

  /** Whether stack traces leave this method out, as StackTrace.ShowInStackTrace decides. */
  public boolean isHidden(int methodToken) {
    boolean aggressiveInlining =
        (tables.cell(TableSchema.METHOD_DEF, rowOf(methodToken, TableSchema.METHOD_DEF), 1) & 0x100)
            != 0;
    return aggressiveInlining
        || hasAttribute(methodToken, STACK_TRACE_HIDDEN)
        || hasAttribute(declaringType(methodToken), STACK_TRACE_HIDDEN);
  }

  /** Whether a type definition itself lists an interface of that full name. */
  public boolean implementsInterface(int typeToken, String name) {
    int type = rowOf(typeToken, TableSchema.TYPE_DEF);
    int rows = tables.rows(TableSchema.INTERFACE_IMPL);
    int at = tables.lowerBound(TableSchema.INTERFACE_IMPL, 0, type);
    for (int seen = 0; at <= rows && seen < 64; at++, seen++) {
      if (tables.cell(TableSchema.INTERFACE_IMPL, at, 0) != type) {
        return false;
      }
      if (name.equals(fullName(tables.cell(TableSchema.INTERFACE_IMPL, at, 1)))) {
        return true;
      }
    }
    return false;
  }

  private String fullName(int coded) {
    return switch (coded & 3) {
      case 0 -> coded == 0 ? "" : typeName(TYPE_TOKEN | coded >>> 2);
      case 1 -> typeRefName(coded >>> 2, true);
      default -> "";
    };
  }

  /** File name of the module, as {@code Shop.dll}; empty where it has none. */
  public String moduleName() {
    return tables.rows(TableSchema.MODULE) == 0
        ? ""
        : string(tables.cell(TableSchema.MODULE, 1, 1));
  }

  /** The one text argument of an attribute of the assembly; empty where it does not carry it. */
  public Optional<String> assemblyAttribute(String attribute) {
    int parent = 1 << 5 | 14;
    return attributes
        .row(parent, attribute)
        .map(row -> root.blob(tables.cell(TableSchema.CUSTOM_ATTRIBUTE, row, 2)))
        .flatMap(blob -> new SignatureReader(view, blob, this::typeRefOrDefName).attributeText());
  }

  private int listEnd(int table, int row, int column, int target) {
    int end =
        row < tables.rows(table) ? tables.cell(table, row + 1, column) : tables.rows(target) + 1;
    return Math.min(end, tables.rows(target) + 1);
  }

  private String string(int offset) {
    return view.utf8(root.string(offset), MAX_NAME);
  }

  private static int rowOf(int token, int table) {
    if (token >>> 24 != table) {
      throw new ClrReadException("token 0x" + Integer.toHexString(token) + " of another table", 0);
    }
    return token & 0xFFFFFF;
  }

  /** An instance field and what it takes in an object. */
  public record Field(String name, FieldKind kind) {}
}
