package io.crashmonitor.minidump.inspect;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The command line.
 *
 * @param file the dump; an empty path with {@code help}
 * @param json whether to print JSON
 * @param all whether to print all threads
 * @param images folder of PE files
 * @param help whether only help is asked for
 */
record Arguments(Path file, boolean json, boolean all, Optional<Path> images, boolean help) {
  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  static Arguments parse(String[] arguments) {
    Optional<Path> file = Optional.empty();
    Optional<Path> images = Optional.empty();
    boolean json = false;
    boolean all = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--help", "-h" -> {
          return new Arguments(Path.of(""), false, false, Optional.empty(), true);
        }
        case "--json" -> json = true;
        case "--all" -> all = true;
        case "--images" -> {
          if (++i == arguments.length) {
            throw new IllegalArgumentException("--images needs a folder");
          }
          images = Optional.of(InspectMain.path(arguments[i]));
        }
        default -> {
          if (arguments[i].startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + arguments[i]);
          }
          if (file.isPresent()) {
            throw new IllegalArgumentException("one file, please: " + arguments[i] + " is another");
          }
          file = Optional.of(InspectMain.path(arguments[i]));
        }
      }
    }
    if (file.isEmpty()) {
      throw new IllegalArgumentException("no file given");
    }
    return new Arguments(file.get(), json, all, images, false);
  }
}
