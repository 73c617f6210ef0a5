package io.crashmonitor.testbed.controlplane;

/** What {@code testbed/provision.sh} finds or installs. */
public enum Tool {
  KUBE_APISERVER("kube-apiserver", "kubernetes"),
  KUBE_CONTROLLER_MANAGER("kube-controller-manager", "kubernetes"),
  KUBE_SCHEDULER("kube-scheduler", "kubernetes"),
  KUBECTL("kubectl", "kubernetes"),
  ETCD("etcd", "etcd"),
  NODE("node", "azurite"),
  /** The script that Node runs to be a blob service. */
  AZURITE("azurite", "azurite"),
  WINE("wine", "wine"),
  WINESERVER("wineserver", "wine"),
  /** A prepared WINEPREFIX to copy. */
  WINE_TEMPLATE("wine-template", "wine"),
  /** The root of a second installation of Wine, which runs 32-bit programs, too. */
  WINE32("wine32", "wine32"),
  /** The home of a Java runtime for Windows: {@code bin/java.exe} is in there. */
  JRE_WINDOWS("jre-windows", "jre"),
  MINGW_GCC("mingw-gcc", "mingw"),
  HELM3("helm3", "helm3"),
  HELM4("helm4", "helm4"),
  KUBECONFORM("kubeconform", "kubeconform"),
  /** The interpreter of Argo CD's health scripts. */
  LUA("lua", "lua"),
  /** Reads a JSON array of objects, prints what kstatus makes of each. */
  KSTATUS("kstatus", "kstatus"),
  /** A folder with the definitions of Flux's and Argo CD's resources. */
  GITOPS_DEFINITIONS("gitops", "gitops"),
  /** The home of .NET Core 3.1 for Windows: {@code dotnet.exe} is in there. */
  DOTNET_WINDOWS("dotnet-windows", "dotnet"),
  /** The same of .NET 8, with its {@code createdump.exe}. */
  DOTNET8_WINDOWS("dotnet8-windows", "dotnet8"),
  /** Mono's {@code mcs}, which runs here and compiles for any .NET. */
  CSHARP_COMPILER("csharp-compiler", "dotnet"),
  HADOLINT("hadolint", "lint"),
  SHELLCHECK("shellcheck", "lint"),
  /** Prints as JSON what BuildKit makes of a Dockerfile. */
  DOCKERFILE("dockerfile", "lint"),
  /** Chromium or Chrome. */
  BROWSER("browser", "browser"),
  AZCOPY("azcopy", "azcopy");

  private final String key;
  private final String part;

  Tool(String key, String part) {
    this.key = key;
    this.part = part;
  }

  /** The tool's name in {@code provisioned.properties}. */
  public String key() {
    return key;
  }

  /** The argument of {@code testbed/provision.sh} that brings this tool. */
  public String part() {
    return part;
  }
}
