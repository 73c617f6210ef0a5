package io.crashmonitor.minidump.clr.heuristic;

import io.crashmonitor.minidump.clr.exception.GenericArguments;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.exception.TypeSystem;
import io.crashmonitor.minidump.clr.metadata.CliImage;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.FieldKind;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Types and methods of a runtime that does not describe itself. Nothing is believed of a structure
 * until the metadata it leads to has said the names that must be there.
 */
final class HeuristicTypes implements TypeSystem {
  private static final GenericArguments.Layout GENERICS = new GenericArguments.Layout(0, 48, 4, 6);
  private static final int MAX_PARENTS = 32;
  private static final int MAX_CACHED = 8192;
  private static final int MIN_BASE_SIZE = 16;
  private static final int MAX_BASE_SIZE = 8192;
  private static final int CHUNK_SIZE = 24;
  private static final int CHUNK_TOKEN_RANGE = 18;
  private static final int METHOD_ALIGNMENT = 8;
  private static final int CLASSIFICATION = 7;

  private final View view;
  private final CoreClrLayout layout;
  private final Map<Long, Optional<Metadata>> modules = new HashMap<>();
  private final Map<Long, Boolean> exceptions = new HashMap<>();
  private long exceptionType;

  HeuristicTypes(View view, CoreClrLayout layout) {
    this.view = view;
    this.layout = layout;
  }

  @Override
  public long typeOf(long object) {
    return view.pointer(object) & ~7L;
  }

  @Override
  public String typeName(long methodTable) {
    return metadata(methodTable).typeName(typeToken(methodTable));
  }

  @Override
  public String instanceName(long methodTable) {
    return new GenericArguments(view, GENERICS, this::typeName).name(methodTable);
  }

  @Override
  public int typeToken(long methodTable) {
    return Metadata.TYPE_TOKEN | view.u16(methodTable + layout.typeRow());
  }

  @Override
  public Metadata metadata(long methodTable) {
    return ofModule(view.pointer(methodTable + layout.module()));
  }

  private Metadata ofModule(long module) {
    Optional<Metadata> known = modules.get(module);
    if (known == null) {
      known = read(module);
      if (modules.size() < MAX_CACHED) {
        modules.put(module, known);
      }
    }
    return known.orElseThrow(() -> new ClrReadException("no metadata of a module", module));
  }

  private Optional<Metadata> read(long module) {
    try {
      long file = view.pointer(module + layout.peFile());
      long image = view.pointer(file + layout.peImage());
      long loaded = view.pointer(image + layout.loadedLayout());
      long base = view.pointer(loaded + layout.layoutBase());
      boolean mapped = (view.i32(loaded + layout.layoutFlags()) & 1) != 0;
      return Optional.of(CliImage.at(view, base, mapped).metadata());
    } catch (MinidumpException | ClrReadException noImage) {
      return Optional.empty();
    }
  }

  @Override
  public boolean isException(long methodTable) {
    Boolean known = exceptions.get(methodTable);
    if (known == null) {
      known = derivesFromException(methodTable);
      if (exceptions.size() < MAX_CACHED) {
        exceptions.put(methodTable, known);
      }
    }
    return known;
  }

  private boolean derivesFromException(long methodTable) {
    try {
      long type = methodTable;
      for (int i = 0; i < MAX_PARENTS && isPlausible(type); i++) {
        long parent = view.pointer(type + layout.parent());
        if (isPlausible(parent)
            && view.pointer(parent + layout.parent()) == 0
            && typeName(parent).equals("System.Object")
            && typeName(type).equals("System.Exception")) {
          exceptionType = type;
          return true;
        }
        type = parent;
      }
      return false;
    } catch (MinidumpException | ClrReadException noType) {
      return false;
    }
  }

  private boolean isPlausible(long type) {
    if (type == 0 || (type & 7) != 0 || !view.has(type, 48)) {
      return false;
    }
    int size = view.i32(type + layout.baseSize());
    return size >= MIN_BASE_SIZE && size <= MAX_BASE_SIZE && size % 8 == 0;
  }

  boolean isExceptionKnown() {
    return exceptionType != 0;
  }

  /**
   * Offset of an instance field of System.Exception: the loader puts references first, then by
   * size, in declared order.
   */
  int exceptionField(String name) {
    int at = 8;
    for (FieldKind kind :
        new FieldKind[] {FieldKind.REFERENCE, FieldKind.EIGHT_BYTES, FieldKind.FOUR_BYTES}) {
      for (Metadata.Field field :
          metadata(exceptionType).instanceFields(typeToken(exceptionType))) {
        if (field.kind() != kind) {
          continue;
        }
        if (field.name().equals(name)) {
          return at;
        }
        at += kind.size();
      }
    }
    throw new ClrReadException("System.Exception without a field " + name, exceptionType);
  }

  @Override
  public long parent(long methodTable) {
    return view.pointer(methodTable + layout.parent());
  }

  @Override
  public int baseSize(long methodTable) {
    return view.i32(methodTable + layout.baseSize());
  }

  @Override
  public boolean isString(long methodTable) {
    // Its size is no multiple of 8: characters follow.
    return view.has(methodTable, 48) && typeName(methodTable).equals("System.String");
  }

  @Override
  public boolean isObjectArray(long methodTable) {
    return false;
  }

  @Override
  public ManagedMethod method(long methodDesc) {
    if (methodDesc == 0) {
      throw new ClrReadException("no method", 0);
    }
    if ((view.u16(methodDesc + 6) & CLASSIFICATION) == CLASSIFICATION) {
      return ManagedMethod.dynamic("dynamic method");
    }
    long chunk = methodDesc - (long) view.u8(methodDesc + 2) * METHOD_ALIGNMENT - CHUNK_SIZE;
    int bits = layout.tokenRemainderBits();
    int high = view.u16(chunk + CHUNK_TOKEN_RANGE) & (1 << 24 - bits) - 1;
    int row = high << bits | view.u16(methodDesc) & (1 << bits) - 1;
    return ManagedMethod.of(metadata(view.pointer(chunk)), Metadata.METHOD_TOKEN | row);
  }
}
