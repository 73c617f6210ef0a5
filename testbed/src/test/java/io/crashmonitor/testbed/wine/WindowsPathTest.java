package io.crashmonitor.testbed.wine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsPathTest {
  @ParameterizedTest
  @ValueSource(strings = {"C:\\Crash-Monitor\\bin", "c:/crash-monitor/bin/", "/crash-monitor/BIN"})
  void isTheSamePathHoweverItIsWritten(String text) {
    WindowsPath path = WindowsPath.of(text);

    assertThat(path).isEqualTo(WindowsPath.of("C:\\crash-monitor\\bin"));
    assertThat(path).hasSameHashCodeAs(WindowsPath.of("C:\\crash-monitor\\bin"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"D:\\data", "data", "C:\\a\\..\\b", "C:data"})
  void refusesWhatIsNotBelowDriveC(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> WindowsPath.of(text));
  }

  @Test
  void liesBelowItsParentAndBelowItself() {
    WindowsPath path = WindowsPath.of("C:\\a\\b");

    assertThat(path.startsWith(WindowsPath.of("C:\\A"))).isTrue();
    assertThat(path.startsWith(path)).isTrue();
    assertThat(path.startsWith(WindowsPath.of("C:\\a\\b\\c"))).isFalse();
    assertThat(path.startsWith(WindowsPath.of("C:\\ab"))).isFalse();
  }
}
