package io.crashmonitor.minidump.synth;

import io.crashmonitor.minidump.reader.Minidump;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A runtime that describes itself (as .NET 9 and later), so small that all of its addresses fit
 * into two bytes: one thread, which threw a {@code Contoso.OrderException} in {@code Cart.Place}.
 * In one text: the description, a NUL, the runtime's memory.
 */
public final class RuntimeSample {
  /** Where the runtime's memory starts. */
  public static final int MEMORY = 0x1000;

  private static final int SIZE = 0x1000;
  private static final int THREAD_ID = 7;
  private static final int STORE = 0x1080;
  private static final int THREAD = 0x10C0;
  private static final int TRACKER = 0x1100;
  private static final int HANDLE = 0x1120;
  private static final int EXCEPTION = 0x1140;
  private static final int STACK_ARRAY = 0x1180;
  private static final int MESSAGE = 0x1200;
  private static final int TYPES = 0x1280;
  private static final int TYPE = 0x40;
  private static final int CHUNK = 0x13E0;
  private static final int METHOD = CHUNK + 16;
  private static final int MODULE = 0x1420;
  private static final int METADATA = 0x1440;
  private static final int RANGES = 0x1800;
  private static final int CODE = 0x1C10;
  private static final int DESCRIPTOR = ImageBuilder.TEXT + 0x100;
  private static final long JSON = Samples.BASE + 0x10_0000;

  private static final String DESCRIPTION =
      """
      {"version":0,"contracts":{"Thread":1,"Exception":"c1","ExecutionManager":2},
      "types":{"Thread":{"LinkNext":0,"OSId":8,"ExceptionTracker":16,"LastThrownObject":24},
      "ThreadStore":{"FirstThreadLink":0},"ExceptionInfo":{"ThrownObject":0,"PreviousNestedInfo":8},
      "Object":{"m_pMethTab":[0,"pointer"]},"String":{"m_StringLength":8,"m_FirstChar":12},
      "Array":{"!":16,"m_NumComponents":8},
      "Exception":{"_message":8,"_innerException":16,"_stackTrace":24,"_HResult":32,"_xcode":36},
      "MethodTable":{"MTFlags":0,"BaseSize":4,"MTFlags2":8,"ParentMethodTable":16,"Module":24,"PerInstInfo":32},
      "GenericsDictInfo":{"NumDicts":0,"NumTypeArgs":2},"DynamicMethodDesc":{"MethodName":8},
      "MethodDesc":{"Flags":0,"ChunkIndex":2,"Flags3AndTokenRemainder":4},
      "MethodDescChunk":{"!":16,"MethodTable":0,"FlagsAndTokenRange":8},
      "Module":{"DynamicMetadata":0,"Base":8,"PEAssembly":16,"ReadyToRunInfo":24},
      "DynamicMetadata":{"Size":0,"Data":4},"PEAssembly":{"PEImage":0},
      "PEImage":{"LoadedImageLayout":0},"PEImageLayout":{"Base":0,"Flags":8},
      "RangeSectionMap":{"TopLevelData":0},
      "RangeSectionFragment":{"Next":0,"RangeBegin":8,"RangeEndOpen":16,"RangeSection":24},
      "RangeSection":{"RangeBegin":0,"R2RModule":8,"HeapList":16,"Flags":24},
      "CodeHeapListNode":{"MapBase":0,"HeaderMap":8},
      "RealCodeHeader":{"MethodDesc":0,"NumUnwindInfos":8,"UnwindInfos":12},
      "RuntimeFunction":{"!":12,"BeginAddress":0,"EndAddress":4},
      "ReadyToRunInfo":{"CompositeInfo":0,"RuntimeFunctions":8,"NumRuntimeFunctions":16,"EntryPointToMethodDescMap":24},
      "HashMap":{"Buckets":0},"Bucket":{"!":64,"Keys":0,"Values":32}},
      "globals":{"ThreadStore":[[0],"pointer"],"ObjectMethodTable":[1],"ExceptionMethodTable":[2],
      "StringMethodTable":[3],"ObjectArrayMethodTable":[4],"ObjectToMethodTableUnmask":[7,"uint8"],
      "MethodDescAlignment":8,"MethodDescTokenRemainderBitCount":12,"StubCodeBlockLast":15,
      "ExecutionManagerCodeRangeMapAddress":[5],"HashMapSlotsPerBucket":4,"HashMapValueMask":4294967295}}""";

  private final ByteBuffer memory = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

  private RuntimeSample() {}

  /** The sound description and its memory. */
  public static byte[] sound() {
    RuntimeSample sample = new RuntimeSample();
    sample.variables();
    sample.thread();
    sample.types();
    sample.code();
    return new Bytes()
        .raw(DESCRIPTION.getBytes(StandardCharsets.UTF_8))
        .u8(0)
        .raw(sample.memory.array())
        .toArray();
  }

  /** A dump of a process that died of the runtime's exception, with this description and memory. */
  public static Minidump dump(byte[] description, byte[] memory) {
    Bytes descriptor = new Bytes().ascii("DNCCDAC").u8(0).u32(1).u32(description.length);
    descriptor.u64(JSON).u32(8).u32(0).u64(MEMORY);
    byte[] image =
        ImageBuilder.amd64().export("DotNetRuntimeContractDescriptor", DESCRIPTOR).build();
    System.arraycopy(descriptor.toArray(), 0, image, DESCRIPTOR, descriptor.size());
    Bytes stack = new Bytes();
    for (int i = 0; i < 32; i++) {
      stack.u64(CODE + 8 + i % 3);
    }
    byte[] context =
        DumpBuilder.amd64Context(Samples.BASE + ImageBuilder.TEXT, Map.of(4, Samples.STACK));
    return DumpBuilder.amd64()
        .thread(THREAD_ID, context)
        .exception(THREAD_ID, 0xE0434352L, CODE, context, 0x80131500L, 0, 0, 0, Samples.BASE)
        .module(Samples.BASE, ImageBuilder.SIZE, "app.exe")
        .memory(MEMORY, memory)
        .memory(Samples.STACK, stack.toArray())
        .memory(Samples.BASE, image)
        .memory(JSON, description)
        .open();
  }

  private void word(int address, long value) {
    memory.putLong(address - MEMORY, value);
  }

  private void half(int address, long value) {
    memory.putInt(address - MEMORY, (int) value);
  }

  /** The table of pointers, and the variables that they point to. */
  private void variables() {
    int[] values = {STORE, type(0), type(MetadataSample.EXCEPTION), type(1), type(0)};
    for (int i = 0; i < values.length; i++) {
      word(MEMORY + 8 * i, MEMORY + 0x40 + 8 * i);
      word(MEMORY + 0x40 + 8 * i, values[i]);
    }
    word(MEMORY + 8 * values.length, RANGES);
  }

  private static int type(int row) {
    return TYPES + TYPE * row;
  }

  private void thread() {
    word(STORE, THREAD);
    half(THREAD + 8, THREAD_ID);
    word(THREAD + 16, TRACKER);
    word(THREAD + 24, HANDLE);
    word(TRACKER, HANDLE);
    word(HANDLE, EXCEPTION);
    word(EXCEPTION, type(MetadataSample.ORDER_EXCEPTION));
    word(EXCEPTION + 8, MESSAGE);
    word(EXCEPTION + 24, STACK_ARRAY);
    half(EXCEPTION + 32, 0x80131500L);
    half(EXCEPTION + 36, 0xE0434352L);
    word(STACK_ARRAY, type(MetadataSample.CART));
    half(STACK_ARRAY + 8, 48);
    word(STACK_ARRAY + 16, 1);
    word(STACK_ARRAY + 32, CODE + 8);
    word(STACK_ARRAY + 48, METHOD);
    word(MESSAGE, type(1));
    half(MESSAGE + 8, 4);
    memory.put(MESSAGE + 12 - MEMORY, "late".getBytes(StandardCharsets.UTF_16LE));
  }

  private void types() {
    for (int row = 0; row <= MetadataSample.MACHINE; row++) {
      half(type(row) + 4, 32);
      half(type(row) + 8, (long) row << 8);
      word(type(row) + 24, MODULE);
    }
    word(type(MetadataSample.ORDER_EXCEPTION) + 16, type(MetadataSample.EXCEPTION));
    word(CHUNK, type(MetadataSample.CART));
    half(METHOD + 4, MetadataSample.PLACE);
    byte[] metadata = MetadataSample.block();
    word(MODULE, METADATA);
    half(METADATA, metadata.length);
    memory.put(METADATA + 4 - MEMORY, metadata);
  }

  private void code() {
    word(RANGES, RANGES); // each level's first entry leads to the same page, the last to itself
    word(RANGES + 8, MEMORY);
    word(RANGES + 16, MEMORY + SIZE);
    int section = RANGES + 0x40;
    word(RANGES + 24, section);
    word(section, MEMORY);
    int heap = RANGES + 0x80;
    word(section + 16, heap);
    half(section + 24, 2);
    int map = RANGES + 0xC0;
    word(heap, CODE - 16);
    word(heap + 8, map);
    half(map, 5L << 28);
    int header = RANGES + 0x100;
    word(CODE - 8, header);
    word(header, METHOD);
    half(header + 8, 1);
    half(header + 12, CODE - MEMORY);
    half(header + 16, CODE - MEMORY + 0x80);
    half(header + 20, 0xB00);
    memory.put(0xB00, (byte) 1);
  }
}
