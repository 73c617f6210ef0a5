package io.crashmonitor.testbed.node;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a container image is here: a file {@code image.yaml}.
 *
 * @param reference the image's name in pods, e.g. {@code crash-monitor/sample-crasher:1}
 * @param entrypoint program and arguments where the pod names none
 * @param workingDir a Windows path; {@code C:\} where it is missing
 * @param env variables that the image sets
 * @param copies folders that become part of the container's drive C
 * @param companion a process of this machine that lives and dies with the entry process
 * @param services true for runtimes that ask for volumes or network interfaces, such as a JVM
 */
@JsonIgnoreProperties(ignoreUnknown = false)
record Image(
    @JsonProperty(required = true) String reference,
    List<String> entrypoint,
    String workingDir,
    Map<String, String> env,
    List<Copy> copies,
    Companion companion,
    boolean services) {

  /**
   * @param from a folder: absolute, or relative to that of {@code image.yaml}
   * @param to a Windows path
   */
  record Copy(
      @JsonProperty(required = true) String from, @JsonProperty(required = true) String to) {}

  /**
   * @param command program and arguments on this machine; {@code ${image}} is the folder of {@code
   *     image.yaml}
   */
  record Companion(@JsonProperty(required = true) List<String> command) {}

  Image {
    entrypoint = entrypoint == null ? List.of() : List.copyOf(entrypoint);
    workingDir = workingDir == null ? "C:\\" : workingDir;
    env = env == null ? Map.of() : Map.copyOf(env);
    copies = copies == null ? List.of() : List.copyOf(copies);
  }
}
