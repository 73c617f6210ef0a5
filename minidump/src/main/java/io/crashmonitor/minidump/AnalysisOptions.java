package io.crashmonitor.minidump;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to analyse.
 *
 * @param images a folder of PE files that supplies image memory a small dump lacks: {@code
 *     <folder>/<name>} or, as symbol servers lay them out, {@code
 *     <folder>/<name>/<timestamp><size>/<name>}; used only where timestamp and size agree
 * @param crashingFrames most frames of the crashing thread
 * @param otherFrames most frames of each other thread
 */
public record AnalysisOptions(Optional<Path> images, int crashingFrames, int otherFrames) {
  /** No folder of images, 256 and 32 frames. */
  public static AnalysisOptions defaults() {
    return new AnalysisOptions(Optional.empty(), 256, 32);
  }

  /** These options with a folder of PE files. */
  public AnalysisOptions withImages(Path folder) {
    return new AnalysisOptions(Optional.of(folder), crashingFrames, otherFrames);
  }
}
