package io.crashmonitor.minidump.unwind;

import java.util.ArrayList;
import java.util.List;

/** Folds endless recursion: a stack overflow has tens of thousands of frames that say one thing. */
public final class Recursion {
  private static final int LONGEST_CYCLE = 16;
  private static final int FEWEST_REPEATS = 3;

  private Recursion() {}

  /**
   * A frame of a folded stack.
   *
   * @param frame the frame
   * @param repeats how often this frame and the {@code cycle - 1} after it follow each other; 1
   *     when they do not recur
   * @param cycle how many frames recur; 0 when none
   */
  public record Folded(RawFrame frame, int repeats, int cycle) {}

  /** The stack with every run of at least three equal cycles shown once, with its count. */
  public static List<Folded> fold(List<RawFrame> frames) {
    List<Folded> folded = new ArrayList<>();
    int at = 0;
    while (at < frames.size()) {
      int cycle = cycleAt(frames, at);
      int repeats = cycle == 0 ? 1 : repeats(frames, at, cycle);
      folded.add(new Folded(frames.get(at), repeats, cycle));
      for (int i = 1; i < cycle; i++) {
        folded.add(new Folded(frames.get(at + i), 1, 0));
      }
      at += Math.max(1, repeats * cycle);
    }
    return folded;
  }

  private static int cycleAt(List<RawFrame> frames, int at) {
    for (int cycle = 1; cycle <= LONGEST_CYCLE; cycle++) {
      if (at + FEWEST_REPEATS * cycle > frames.size()) {
        return 0;
      }
      if (repeats(frames, at, cycle) >= FEWEST_REPEATS) {
        return cycle;
      }
    }
    return 0;
  }

  private static int repeats(List<RawFrame> frames, int at, int cycle) {
    int end = at + cycle;
    while (end < frames.size() && same(frames.get(end), frames.get(end - cycle))) {
      end++;
    }
    return (end - at) / cycle;
  }

  private static boolean same(RawFrame a, RawFrame b) {
    return a.ip() == b.ip() && a.exact() == b.exact() && a.source() == b.source();
  }
}
