package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.synth.ImageBuilder;
import io.crashmonitor.minidump.synth.MetadataSample;
import io.crashmonitor.minidump.synth.RuntimeSample;
import io.crashmonitor.minidump.synth.Samples;
import io.crashmonitor.minidump.synth.UnwindCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the input that fuzzing starts from: {@code Seeds TARGET FOLDER}. */
final class Seeds {
  private Seeds() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    byte[] seed =
        switch (arguments[0]) {
          case "Dump" -> Samples.everything().build();
          case "Image" ->
              ImageBuilder.amd64()
                  .function(0x1100, 0x1200, UnwindCodes.of(4).code(4, 2, 4).build())
                  .export("boom", 0x1100)
                  .build();
          case "Metadata" -> MetadataSample.block();
          case "Contract" -> RuntimeSample.sound();
          case "Console" -> ConsoleFuzzTarget.SAMPLE.getBytes(StandardCharsets.UTF_8);
          default -> new byte[1024];
        };
    Files.write(folder.resolve("seed"), seed);
  }
}
