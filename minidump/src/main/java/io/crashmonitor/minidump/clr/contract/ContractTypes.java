package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.exception.GenericArguments;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.exception.TypeSystem;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import java.util.HashMap;
import java.util.Map;

/**
 * Types and methods by the contracts Object and RuntimeTypeSystem, with the offsets the runtime
 * itself gives.
 */
final class ContractTypes implements TypeSystem {
  private static final int MAX_PARENTS = 64;
  private static final int MAX_CACHED = 4096;
  private static final int CLASSIFICATION = 7;
  private static final int DYNAMIC = 7;
  private static final int MAX_NAME = 512;

  private final View view;
  private final Descriptor descriptor;
  private final ContractModules modules;
  private final Map<Long, ManagedMethod> methods = new HashMap<>();

  ContractTypes(View view, Descriptor descriptor, ContractModules modules) {
    this.view = view;
    this.descriptor = descriptor;
    this.modules = modules;
  }

  @Override
  public long typeOf(long object) {
    long type = view.pointer(object + descriptor.offset("Object", "m_pMethTab"));
    return type & ~descriptor.global("ObjectToMethodTableUnmask");
  }

  @Override
  public boolean isException(long methodTable) {
    long exception = wellKnown("ExceptionMethodTable");
    long type = methodTable;
    for (int i = 0; i < MAX_PARENTS && type != 0; i++) {
      if (type == exception) {
        return true;
      }
      type = parent(type);
    }
    return false;
  }

  @Override
  public long parent(long methodTable) {
    return view.pointer(methodTable + descriptor.offset("MethodTable", "ParentMethodTable"));
  }

  @Override
  public int baseSize(long methodTable) {
    return view.i32(methodTable + descriptor.offset("MethodTable", "BaseSize"));
  }

  @Override
  public boolean isString(long methodTable) {
    return methodTable == wellKnown("StringMethodTable");
  }

  @Override
  public boolean isObjectArray(long methodTable) {
    return methodTable == wellKnown("ObjectArrayMethodTable");
  }

  /** A MethodTable whose address the runtime keeps in a variable. */
  private long wellKnown(String global) {
    return view.pointer(descriptor.global(global));
  }

  @Override
  public String typeName(long methodTable) {
    return metadata(methodTable).typeName(typeToken(methodTable));
  }

  @Override
  public String instanceName(long methodTable) {
    if (descriptor.optionalOffset("GenericsDictInfo", "NumTypeArgs").isEmpty()) {
      return typeName(methodTable);
    }
    GenericArguments.Layout layout =
        new GenericArguments.Layout(
            descriptor.offset("MethodTable", "MTFlags"),
            descriptor.offset("MethodTable", "PerInstInfo"),
            descriptor.offset("GenericsDictInfo", "NumDicts"),
            descriptor.offset("GenericsDictInfo", "NumTypeArgs"));
    return new GenericArguments(view, layout, this::typeName).name(methodTable);
  }

  /** Metadata of the assembly that defines System.Object. */
  Metadata coreLibrary() {
    return metadata(wellKnown("ObjectMethodTable"));
  }

  @Override
  public Metadata metadata(long methodTable) {
    return modules.metadata(view.pointer(methodTable + descriptor.offset("MethodTable", "Module")));
  }

  @Override
  public int typeToken(long methodTable) {
    int flags = view.i32(methodTable + descriptor.offset("MethodTable", "MTFlags2"));
    return Metadata.TYPE_TOKEN | flags >>> 8;
  }

  @Override
  public ManagedMethod method(long methodDesc) {
    ManagedMethod cached = methods.get(methodDesc);
    if (cached != null) {
      return cached;
    }
    ManagedMethod read = read(methodDesc);
    if (methods.size() < MAX_CACHED) {
      methods.put(methodDesc, read);
    }
    return read;
  }

  private ManagedMethod read(long methodDesc) {
    if (methodDesc == 0) {
      throw new ClrReadException("no method", 0);
    }
    if ((view.u16(methodDesc + descriptor.offset("MethodDesc", "Flags")) & CLASSIFICATION)
        == DYNAMIC) {
      return dynamic(methodDesc);
    }
    int index = view.u8(methodDesc + descriptor.offset("MethodDesc", "ChunkIndex"));
    long chunk =
        methodDesc
            - index * descriptor.global("MethodDescAlignment")
            - descriptor.size("MethodDescChunk");
    int range = view.u16(chunk + descriptor.offset("MethodDescChunk", "FlagsAndTokenRange"));
    int rest = view.u16(methodDesc + descriptor.offset("MethodDesc", "Flags3AndTokenRemainder"));
    int bits = remainderBits();
    int row = (range & (1 << 24 - bits) - 1) << bits | rest & (1 << bits) - 1;
    long type = view.pointer(chunk + descriptor.offset("MethodDescChunk", "MethodTable"));
    return ManagedMethod.of(metadata(type), Metadata.METHOD_TOKEN | row);
  }

  /** A token's 24 bits are split between the method and the chunk it lies in. */
  private int remainderBits() {
    long bits = descriptor.global("MethodDescTokenRemainderBitCount");
    if (bits < 8 || bits > 16) {
      throw new ClrReadException("method tokens split at bit " + bits, 0);
    }
    return (int) bits;
  }

  private ManagedMethod dynamic(long methodDesc) {
    long name = view.pointer(methodDesc + descriptor.offset("DynamicMethodDesc", "MethodName"));
    return ManagedMethod.dynamic(name == 0 ? "dynamic method" : view.utf8(name, MAX_NAME));
  }
}
