package io.crashmonitor.sidecar.volume;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Whether a plain file has other names (hard links): it may be one that somebody did not write
 * there. May start a process: for a file that is to be used, not for each look at it.
 */
@FunctionalInterface
public interface SecondNames {
  /** Whether it has another name, or is no plain file any more. */
  boolean has(Path file);

  /** Of the system this runs on. */
  static SecondNames ofThisSystem() {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
      // PlainFiles has counted them there.
      return file -> PlainFiles.file(file).isEmpty();
    }
    // The runtime lies in a folder beside the helper in the image.
    Path runtime = Path.of(System.getProperty("java.home")).toAbsolutePath();
    return new ByHelper(runtime.resolveSibling("attach.exe"));
  }

  /**
   * Java on Windows does not see the number of names; the helper does.
   *
   * @param helper the program in the agent's own container
   */
  record ByHelper(Path helper) implements SecondNames {
    private static final Logger LOG = Logger.getLogger(SecondNames.class.getName());
    private static final int SECONDS = 10;
    private static final int ONE_NAME = 1;

    @Override
    public boolean has(Path file) {
      try {
        Process asked =
            new ProcessBuilder(helper.toString(), "links", file.toString())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        if (asked.waitFor(SECONDS, TimeUnit.SECONDS)) {
          return asked.exitValue() != ONE_NAME;
        }
        asked.destroyForcibly();
        LOG.warning(helper + " did not say how many names " + file + " has; it counts as one");
      } catch (IOException cannotStart) {
        // Not of the app's making, and no reason to lose every dump.
        LOG.warning("not known how many names " + file + " has; it counts as one: " + cannotStart);
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }
}
