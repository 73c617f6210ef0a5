package io.crashmonitor.testbed.wine;

/** How a program in a prefix came to its end. */
public sealed interface WineExit {

  /**
   * It ended by itself or by another program of its container.
   *
   * @param code all 32 bits, signed as Kubernetes reports them: -1073741819 is 0xC0000005
   */
  record Exited(int code) implements WineExit {}

  /**
   * It never ran.
   *
   * @param lastError Windows' error: 2 where there is no such file
   */
  record NotStarted(int lastError) implements WineExit {}

  /** It was killed from outside: with its prefix, or by this machine. */
  record Killed() implements WineExit {}

  /**
   * What {@code winrun} wrote in its file {@code ended}.
   *
   * @throws IllegalArgumentException for any other text
   */
  static WineExit parse(String line) {
    String[] words = line.strip().split(" ");
    if (words.length == 2 && words[0].equals("exit") && words[1].startsWith("0x")) {
      return new Exited(Integer.parseUnsignedInt(words[1].substring(2), 16));
    }
    if (words.length == 2 && words[0].equals("error")) {
      return new NotStarted(Integer.parseUnsignedInt(words[1]));
    }
    throw new IllegalArgumentException("Not a line of winrun: " + line);
  }
}
