package io.crashmonitor.minidump.clr;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.exception.Raised;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RaisedTest {
  private static final int CLR = 0xE0434352;
  private static final int ACCESS_VIOLATION = 0xC0000005;
  private static final int NULL_REFERENCE = 0x80004003;

  @Test
  void an_exception_raised_by_the_clr_is_the_one_with_its_hresult() {
    Raised raised = new Raised(1, CLR, Optional.of(0x80131500), false);

    assertThat(raised.isOf(CLR, 0x80131500)).isTrue();
    assertThat(raised.isOf(CLR, NULL_REFERENCE)).isFalse();
  }

  @Test
  void an_access_violation_of_managed_code_is_a_null_reference_with_either_code() {
    Raised raised = new Raised(1, ACCESS_VIOLATION, Optional.empty(), false);

    assertThat(raised.isOf(CLR, NULL_REFERENCE)).isTrue();
    assertThat(raised.isOf(ACCESS_VIOLATION, 0x80131500)).isTrue();
    assertThat(raised.isOf(CLR, 0x80131500)).isFalse();
  }

  @Test
  void an_access_violation_of_native_code_is_no_managed_exception() {
    Raised raised = new Raised(1, ACCESS_VIOLATION, Optional.empty(), true);

    assertThat(raised.isOf(CLR, NULL_REFERENCE)).isFalse();
    assertThat(raised.isOf(ACCESS_VIOLATION, NULL_REFERENCE)).isFalse();
  }

  @Test
  void a_fail_fast_is_no_exception_that_was_being_handled() {
    assertThat(new Raised(1, 0x80131623, Optional.empty(), false).isOf(CLR, 0x80131500)).isFalse();
  }
}
