package io.crashmonitor.sidecar.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecondNamesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, false", "2, true", "0, true"})
  void goesByTheNumberThatTheHelperSays(int names, boolean others) throws IOException {
    Path dump = Files.writeString(folder.resolve("a dump"), "");
    Path helper = folder.resolve("helper");
    Files.writeString(
        helper,
        "#!/bin/sh\n[ \"$1\" = links ] && [ \"$2\" = '%s' ] && exit %d\n".formatted(dump, names));
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
    assertThat(new SecondNames.ByHelper(helper).has(dump)).isEqualTo(others);
  }

  @Test
  void losesNoDumpForAHelperThatCannotBeAsked() {
    assertThat(new SecondNames.ByHelper(folder.resolve("missing")).has(folder)).isFalse();
  }

  @Test
  void seesThemItselfOnUnix() throws IOException {
    Path dump = Files.writeString(folder.resolve("a dump"), "");
    SecondNames names = SecondNames.ofThisSystem();
    assertThat(names.has(dump)).isFalse();
    Files.createLink(folder.resolve("another"), dump);
    assertThat(names.has(dump)).isTrue();
  }
}
