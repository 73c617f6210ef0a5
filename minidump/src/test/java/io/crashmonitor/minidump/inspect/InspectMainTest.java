package io.crashmonitor.minidump.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.minidump.synth.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectMainTest {
  @TempDir Path folder;

  private record Result(int exit, String out, String err) {}

  private static Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        InspectMain.run(
            arguments,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private String file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.dmp"), bytes).toString();
  }

  @Test
  void explainsForAPerson() throws IOException {
    Result result = run(file(Samples.everything().build()));

    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .startsWith("Access violation: write of 0x10 (null pointer) in app.exe!boom\n")
        .contains("   0  app.exe!boom+0x40\n   1  app.exe!main+0x20\n", "pid 4711")
        .doesNotContain("\u001B");
  }

  @Test
  void explainsForAProgram() throws IOException {
    Result result = run(file(Samples.everything().build()), "--json");

    JsonNode json = new JsonMapper().readTree(result.out());
    assertThat(result.exit()).isZero();
    assertThat(json.at("/schemaVersion").asInt()).isEqualTo(1);
    assertThat(json.at("/exception/code").asText()).isEqualTo("0xC0000005");
    assertThat(json.at("/exception/module").asText()).isEqualTo("app.exe");
    assertThat(json.at("/exception/offset").asText()).isEqualTo("0x1140");
    assertThat(json.at("/crashingThread/id").asLong()).isEqualTo(7);
    assertThat(json.at("/crashingThread/frames/0/source").asText()).isEqualTo("context");
    assertThat(json.at("/crashingThread/frames/0/managed").isBoolean()).isTrue();
    assertThat(json.at("/threads").asInt()).isEqualTo(2);
    assertThat(json.at("/modules").asInt()).isEqualTo(1);
    assertThat(json.at("/managed").isArray()).isTrue();
    assertThat(json.at("/findings").isArray()).isTrue();
  }

  @Test
  void aFileThatIsNoDumpIsOneClearLineAndExit1() throws IOException {
    Result result = run(file("PK, this is a zip".repeat(10).getBytes(StandardCharsets.UTF_8)));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().strip().lines()).hasSize(1);
    assertThat(result.err()).contains("not a minidump: it does not begin with MDMP");
  }

  @Test
  void aPackedDumpIsToldToBePacked() throws IOException {
    byte[] gzip = new byte[64];
    gzip[0] = 0x1F;
    gzip[1] = (byte) 0x8B;

    assertThat(run(file(gzip)))
        .returns(1, Result::exit)
        .satisfies(result -> assertThat(result.err()).contains("gzip -d"));
  }

  @Test
  void aMissingFileIsOneClearLineAndExit1() {
    Result result = run(folder.resolve("none.dmp").toString());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).endsWith("none.dmp: no such file\n");
  }

  @Test
  void aFolderIsOneClearLineAndExit1() {
    Result result = run(folder.toString());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err().strip().lines()).hasSize(1);
  }

  @Test
  void wrongUsageIsExit2AndSaysHow() {
    assertThat(run()).returns(2, Result::exit);
    assertThat(run("a", "b")).returns(2, Result::exit);
    assertThat(run("--nonsense"))
        .returns(2, Result::exit)
        .satisfies(result -> assertThat(result.err()).contains("--nonsense", "Usage:"));
    assertThat(run("--images")).returns(2, Result::exit);
    assertThat(run("--help")).returns(0, Result::exit);
  }

  @Test
  void textsOfADumpCannotDriveTheTerminal() throws IOException {
    byte[] dump = Samples.everything().comment("\u001B[2Jgone\u0007\u202E").build();
    // The sample has a comment already, which counts: name this one first by its type.
    Result result = run(file(swapComments(dump)));

    assertThat(result.out()).contains("[2Jgone").doesNotContain("\u001B", "\u0007", "\u202E");
  }

  /** Makes the first comment stream unused, so that the second is the comment. */
  private static byte[] swapComments(byte[] dump) {
    for (int at = 32; ; at += 12) {
      if (dump[at] == 11) {
        dump[at] = 0;
        return dump;
      }
    }
  }
}
