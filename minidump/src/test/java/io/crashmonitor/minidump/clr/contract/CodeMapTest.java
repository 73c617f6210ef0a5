package io.crashmonitor.minidump.clr.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.OverlayMemory;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code maps built here after dotnet/runtime docs/design/datacontracts/ExecutionManager.md. */
class CodeMapTest {
  private static final long DESCRIPTOR = 0x10_0000;
  private static final long MAP = 0x20_0000;
  private static final long FRAGMENT = 0x30_0000;
  private static final long RANGE = 0x30_1000;
  private static final long MODULE = 0x30_2000;
  private static final long HEAP = 0x30_3000;
  private static final long NIBBLES = 0x30_4000;
  private static final long HEADER = 0x30_5000;
  private static final long R2R = 0x30_6000;
  private static final long FUNCTIONS = 0x30_7000;
  private static final long BUCKETS = 0x30_8000;
  private static final long CODE = 0x7FF8_1234_0000L;
  private static final String JSON =
      """
      {"version":0,"types":{
        "RangeSectionMap":{"TopLevelData":0},
        "RangeSectionFragment":{"RangeBegin":8,"RangeEndOpen":16,"RangeSection":24,"Next":0},
        "RangeSection":{"RangeBegin":0,"RangeEndOpen":8,"Flags":16,"R2RModule":32,"HeapList":40},
        "CodeHeapListNode":{"MapBase":32,"HeaderMap":40},
        "RealCodeHeader":{"MethodDesc":24,"NumUnwindInfos":32,"UnwindInfos":36},
        "RuntimeFunction":{"!":12,"BeginAddress":0,"EndAddress":4,"UnwindData":8},
        "Module":{"ReadyToRunInfo":8},
        "ReadyToRunInfo":{"CompositeInfo":40,"RuntimeFunctions":80,"NumRuntimeFunctions":88,"EntryPointToMethodDescMap":336},
        "HashMap":{"Buckets":16},"Bucket":{"!":64,"Keys":0,"Values":32}},
       "globals":{"ExecutionManagerCodeRangeMapAddress":[[0],"pointer"],"StubCodeBlockLast":["0xf","uint8"],
        "HashMapSlotsPerBucket":["0x4","uint32"],"HashMapValueMask":["0x7fffffffffffffff","uint64"]},
       "contracts":{"ExecutionManager":VERSION}}
      """;

  private final OverlayMemory memory = new OverlayMemory(new Nothing());

  @BeforeEach
  void build() {
    for (int level = 5; level >= 1; level--) {
      long table = MAP + (5 - level) * 0x1000L;
      memory.put(table, new byte[256 * 8]);
      long next = level == 1 ? FRAGMENT : table + 0x1000;
      memory.putPointer(table + 8 * (CODE >>> 17 + 8 * (level - 1) & 0xFF), next | 1);
    }
    memory.put(FRAGMENT, new byte[32]);
    memory
        .putPointer(FRAGMENT + 8, CODE)
        .putPointer(FRAGMENT + 16, CODE + 0x1_0000)
        .putPointer(FRAGMENT + 24, RANGE);
    memory.put(RANGE, new byte[64]);
    memory.putPointer(RANGE, CODE).putPointer(RANGE + 16, 2).putPointer(RANGE + 40, HEAP);
    memory.put(HEAP, new byte[64]);
    memory.putPointer(HEAP + 32, CODE).putPointer(HEAP + 40, NIBBLES);
    memory.put(NIBBLES, new byte[4096]);
  }

  private CodeMap map(String version) {
    byte[] json = JSON.replace("VERSION", version).getBytes(StandardCharsets.UTF_8);
    memory.put(DESCRIPTOR, "DNCCDAC\0".getBytes(StandardCharsets.US_ASCII));
    memory.put(DESCRIPTOR + 8, u32(1)).put(DESCRIPTOR + 12, u32(json.length));
    memory.putPointer(DESCRIPTOR + 16, DESCRIPTOR + 0x1000).putPointer(DESCRIPTOR + 24, 1);
    memory.putPointer(DESCRIPTOR + 32, DESCRIPTOR + 0x100).putPointer(DESCRIPTOR + 0x100, MAP);
    memory.put(DESCRIPTOR + 0x1000, json);
    View view = new View(memory);
    return new CodeMap(view, Descriptor.at(view, DESCRIPTOR));
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** A method of the given length, without its nibble. */
  private void method(long start, int length, long methodDesc) {
    memory.putPointer(start - 8, HEADER);
    memory.put(HEADER, new byte[64]);
    memory.putPointer(HEADER + 24, methodDesc);
    memory.put(HEADER + 32, u32(1)).put(HEADER + 36, u32((int) (start - CODE)));
    memory.put(HEADER + 40, u32((int) (start - CODE) + length)).put(HEADER + 44, u32(0x40));
  }

  @ParameterizedTest(name = "version {0}: an address {1} into the method")
  @CsvSource({"1,0", "1,2", "1,200", "1,2000", "2,0", "2,2", "2,200"})
  void a_jitted_method_is_found_by_its_nibble(String version, int into) {
    // As in the specification: 304 = 9 * 32 + 16 is nibble 5 of bucket 9, the second nibble of the
    // second unit.
    method(CODE + 304, 3000, 0x1111);
    memory.put(NIBBLES + 4, u32(0x0500_0000));

    assertThat(map(version).find(CODE + 304 + into))
        .contains(new CodeMap.Code(CODE + 304, 0x1111, CODE, HEADER + 36));
  }

  @Test
  void a_unit_that_points_to_a_start_directly_is_followed() {
    method(CODE + 304, 3000, 0x1111);
    // 304 = 0x130: the high bits say 0x130, the low nibble 9 + 0 words more.
    memory.put(NIBBLES + 4 * 8, u32(0x0000_0139));

    assertThat(map("\"c2\"").find(CODE + 2048 + 100).map(CodeMap.Code::start)).contains(CODE + 304);
  }

  @Test
  void the_next_method_in_the_same_bucket_is_not_the_one_before_it() {
    method(CODE + 304, 3000, 0x1111);
    memory.put(NIBBLES + 4, u32(0x0500_0000));

    assertThat(map("2").find(CODE + 300)).isEmpty();
  }

  @Test
  void an_address_behind_the_methods_code_is_in_no_method() {
    method(CODE + 304, 100, 0x1111);
    memory.put(NIBBLES + 4, u32(0x0500_0000));

    assertThat(map("2").find(CODE + 304 + 99)).isPresent();
    assertThat(map("2").find(CODE + 304 + 100)).isEmpty();
  }

  @Test
  void a_stub_is_no_method() {
    method(CODE + 304, 100, 0x1111);
    memory.putPointer(CODE + 304 - 8, 3);
    memory.put(NIBBLES + 4, u32(0x0500_0000));

    assertThat(map("2").find(CODE + 304)).isEmpty();
  }

  @Test
  void code_compiled_ahead_of_time_is_found_through_the_images_functions_and_the_runtimes_map() {
    readyToRun(0, 0);

    Optional<CodeMap.Code> body = map("2").find(CODE + 0x2010);
    Optional<CodeMap.Code> handler = map("2").find(CODE + 0x2110);

    assertThat(body).contains(new CodeMap.Code(CODE + 0x2000, 0x2222, CODE, FUNCTIONS + 12));
    assertThat(handler)
        .as("a handler is a function of its own, of the method before it")
        .contains(new CodeMap.Code(CODE + 0x2000, 0x2222, CODE, FUNCTIONS + 24));
    assertThat(map("2").find(CODE + 0x10)).isEmpty();
  }

  @Test
  void a_bucket_that_is_full_of_others_leads_on_to_the_next() {
    readyToRun(1, Long.MIN_VALUE);

    assertThat(map("2").find(CODE + 0x2010).map(CodeMap.Code::methodDesc)).contains(0x2222L);
  }

  /**
   * Functions at 0x1000, 0x2000 and its handler at 0x2100; the method at 0x2000 is in the map after
   * {@code steps} steps.
   */
  private void readyToRun(int steps, long collision) {
    memory.putPointer(RANGE + 32, MODULE).putPointer(MODULE + 8, R2R);
    memory.put(R2R, new byte[400]);
    memory.putPointer(R2R + 40, R2R).putPointer(R2R + 80, FUNCTIONS).put(R2R + 88, u32(3));
    int[] begins = {0x1000, 0x2000, 0x2100};
    for (int i = 0; i < 3; i++) {
      memory
          .put(FUNCTIONS + 12 * i, u32(begins[i]))
          .put(FUNCTIONS + 12 * i + 4, u32(begins[i] + 0x100));
      memory.put(FUNCTIONS + 12 * i + 8, u32(0));
    }
    long size = 7;
    memory.put(BUCKETS, new byte[(int) (64 * (size + 1))]);
    memory.put(BUCKETS, u32((int) size)).putPointer(R2R + 336 + 16, BUCKETS);
    long key = CODE + 0x2000;
    long seed = key >>> 2 & 0xFFFF_FFFFL;
    long step = 1 + ((key >>> 5) + 1 & 0xFFFF_FFFFL) % (size - 1);
    for (int i = 0; i < steps; i++) {
      memory.putPointer(BUCKETS + 64 * (1 + seed % size) + 32, 5 | collision);
      seed = seed + step & 0xFFFF_FFFFL;
    }
    long bucket = BUCKETS + 64 * (1 + seed % size);
    memory.putPointer(bucket + 8, key).putPointer(bucket + 32 + 8, 0x2222 >> 1);
  }

  /** A process without memory. */
  private static final class Nothing implements Memory {
    @Override
    public long available(long address, long length) {
      return 0;
    }

    @Override
    public void read(long address, byte[] target, int offset, int length) {
      throw MinidumpException.unreadable(address);
    }

    @Override
    public int u8(long address) {
      throw MinidumpException.unreadable(address);
    }

    @Override
    public int u16(long address) {
      throw MinidumpException.unreadable(address);
    }

    @Override
    public int i32(long address) {
      throw MinidumpException.unreadable(address);
    }

    @Override
    public long u64(long address) {
      throw MinidumpException.unreadable(address);
    }
  }
}
