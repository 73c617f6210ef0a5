package io.crashmonitor.sidecar.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DumpNamesTest {
  @Test
  void readsPidAndStartInWholeSeconds() {
    assertThat(DumpNames.ofReady("4711_1795420800999_2.dmp"))
        .contains(new ProcessInstance(4711, 1795420800));
    assertThat(DumpNames.ofFolder("4711_1795420800999"))
        .contains(new ProcessInstance(4711, 1795420800));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4711_1795420800999.dmp",
        "4711_1795420800999_2.dmp.exe",
        "-1_1_1.dmp",
        "99999999999_1_1.dmp",
        "4294967296_1_1.dmp",
        "4294967296_1",
        "1_9999999999999999_1.dmp",
        "1_1_1.dmp\n",
        "../1_1_1.dmp",
        ""
      })
  void refusesEveryOtherName(String name) {
    assertThat(DumpNames.ofReady(name)).isEmpty();
    assertThat(DumpNames.ofFolder(name)).isEmpty();
  }

  @Test
  void knowsADumpThatProcDumpNamed() {
    assertThat(DumpNames.isDump("Checkout.Web (x64).exe_261122_080000.dmp")).isTrue();
    assertThat(DumpNames.isDump("CHECKOUT.EXE_261122_080000.DMP")).isTrue();
    assertThat(DumpNames.isDump("notes.txt")).isFalse();
    assertThat(DumpNames.isDump("a:stream.dmp")).isFalse();
  }
}
