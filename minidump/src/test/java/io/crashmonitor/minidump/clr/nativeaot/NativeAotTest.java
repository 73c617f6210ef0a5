package io.crashmonitor.minidump.clr.nativeaot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.clr.ManagedRuntime.Description;
import io.crashmonitor.minidump.clr.ManagedRuntimes;
import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** A dump built here, with the record as dotnet/runtime's CrashInfo writes it. */
class NativeAotTest {
  private static final long RECORD = 0x2_0000_0000L;
  private static final int AMD64 = 9;
  private static final int ARM64 = 12;
  private static final String UNHANDLED =
      """
      {"version":"1.0.0","runtime":"8.0.4-servicing","runtime_version":"8.0.4","runtime_type":1,"reason":1,
       "thread":"0x10","message":"",
       "exception":{"address":"0x1","hr":"0x80131509","message":"no stock","type":"System.InvalidOperationException",
        "stack":[{"ip":"0x7ff600001234","sp":"0x1","module":"0x7ff600000000","offset":"0x1234","name":"Shop.Order.Place(String)"},
                 {"ip":"0x7ff600004321","module":"0x7ff600000000","offset":"0x4321"}],
        "inner":[{"hr":"0x80131620","message":"disk","type":"System.IO.IOException","stack":[]}]}}
      """;

  private static Minidump dump(byte[] record, long claimedSize) {
    return dump(AMD64, record, claimedSize);
  }

  private static Minidump dump(int architecture, byte[] record, long claimedSize) {
    ByteBuffer out = ByteBuffer.allocate(1024 + record.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("MDMP".getBytes(StandardCharsets.US_ASCII)).putInt(0xA793).putInt(3).putInt(32);
    out.putInt(0).putInt(0).putLong(2);
    out.putInt(7).putInt(56).putInt(128);
    out.putInt(6).putInt(168).putInt(256);
    out.putInt(9).putInt(32).putInt(512);
    out.position(128);
    out.putShort((short) architecture);
    out.position(256);
    out.putInt(0x10).putInt(0).putInt(0xC0000409).putInt(1).putLong(0).putLong(0x7FF6_0000_1234L);
    out.putInt(4).putInt(0).putLong(0x48).putLong(0x80131509L).putLong(RECORD).putLong(claimedSize);
    out.position(512);
    out.putLong(1).putLong(1024).putLong(RECORD).putLong(record.length);
    out.position(1024);
    out.put(record);
    return Minidump.of(ByteSource.of(out.array()));
  }

  private static Minidump dump(String record) {
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    return dump(bytes, bytes.length);
  }

  @Test
  void the_record_is_the_exception() {
    Minidump dump = dump(UNHANDLED);

    ManagedRuntime runtime = ManagedRuntimes.detect(dump, dump.memory()).orElseThrow();

    assertThat(runtime.description())
        .isEqualTo(new Description(".NET NativeAOT", "8.0.4", "crash-record"));
    assertThat(runtime.exceptions(0x10))
        .extracting(ManagedException::type, ManagedException::message, ManagedException::hresult)
        .containsExactly(
            tuple("System.InvalidOperationException", "no stock", "0x80131509"),
            tuple("System.IO.IOException", "disk", "0x80131620"));
    assertThat(runtime.exceptions(0x10).get(0).frames())
        .extracting(ManagedFrame::method)
        .containsExactly("Shop.Order.Place", "0x7ff600004321");
    assertThat(runtime.exceptions(0x10).get(0).frames())
        .extracting(ManagedFrame::parameters)
        .containsExactly("String", "");
    assertThat(runtime.exceptions(0x11)).isEmpty();
  }

  @Test
  void the_record_is_read_whatever_the_processor() {
    byte[] bytes = UNHANDLED.getBytes(StandardCharsets.UTF_8);
    Minidump dump = dump(ARM64, bytes, bytes.length);

    assertThat(ManagedRuntimes.detect(dump, dump.memory()).orElseThrow().exceptions(0x10))
        .hasSize(2);
  }

  /** As .NET 10.0.11 wrote it, cut. */
  @Test
  void a_record_of_dotnet_10_reads_as_a_person_would_write_it() {
    Minidump dump =
        dump(
            """
            {"version":"1.0.0","runtime_base":"0x140000000","runtime_type":"4","runtime_version":"10.0.11",
             "reason":"1","thread":"0x10","message":"TypeInitialization_Type_NoTypeAvailable","exception":{
             "address":"0x7F1476C67B28","hr":"0x80131534","message":"TypeInitialization_Type_NoTypeAvailable",
             "type":"System.TypeInitializationException","stack":[
             {"ip":"0x1400DBCBB","module":"0x140000000","offset":"0x43B","name":"Shop.Orders..ctor(ICollection`1, Options)"},
             {"ip":"0x14082E4F0","module":"0x140000000","offset":"0x280","name":"Shop.Program.<Main>d__0.MoveNext()"},
             {"ip":"0x1404A4CB0","module":"0x140000000","offset":"0x20","name":"System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()"}]}}
            """);

    ManagedRuntime runtime = ManagedRuntimes.detect(dump, dump.memory()).orElseThrow();

    assertThat(runtime.description().version()).isEqualTo("10.0.11");
    assertThat(runtime.exceptions(0x10))
        .singleElement()
        .returns("0x80131534", ManagedException::hresult)
        .extracting(ManagedException::frames)
        .asInstanceOf(InstanceOfAssertFactories.list(ManagedFrame.class))
        .extracting(frame -> frame.method() + "(" + frame.parameters() + ")")
        .containsExactly(
            "Shop.Orders..ctor(ICollection`1, Options)",
            "Shop.Program.Main()",
            "System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()");
    assertThat(dump.findings().list()).as("the message is the exception's").isEmpty();
  }

  @Test
  void a_fail_fast_gives_its_reason_as_a_finding() {
    Minidump dump =
        dump("{\"version\":\"1.0.0\",\"reason\":2,\"message\":\"ledger out of balance\"}");

    ManagedRuntime runtime = ManagedRuntimes.detect(dump, dump.memory()).orElseThrow();

    assertThat(runtime.exceptions(0x10)).isEmpty();
    assertThat(dump.findings().list())
        .extracting(Finding::message)
        .containsExactly("the program gave as its reason: ledger out of balance");
  }

  @Test
  void a_record_that_is_not_in_the_dump_not_json_or_absurd_is_a_finding() {
    byte[] bytes = UNHANDLED.getBytes(StandardCharsets.UTF_8);

    assertThat(finding(dump(bytes, bytes.length + 1L))).contains("is not in the dump");
    assertThat(finding(dump("{\"version\":"))).contains("is not JSON");
    assertThat(finding(dump(bytes, Long.MAX_VALUE))).contains("claims 9223372036854775807 bytes");
  }

  private static String finding(Minidump dump) {
    assertThat(ManagedRuntimes.detect(dump, dump.memory())).isEqualTo(Optional.empty());
    return dump.findings().list().get(0).message();
  }

  @Test
  void parameters_in_the_name_of_a_recorded_frame_may_be_anything() {
    assertThat(
            CrashRecord.parse(
                "{\"version\":1,\"exception\":{\"stack\":[{\"ip\":\"zz\",\"name\":5},3,[]]}}"))
        .hasValueSatisfying(
            record -> assertThat(record.exception().orElseThrow().stack()).hasSize(3));
  }
}
