using System.Runtime.InteropServices;

namespace ExecActors.Platform;

/// <summary>The library that speaks TLS: OpenSSL, which need not be installed. Nothing else needs it.</summary>
/// <remarks>The framework ends the program when it needs the library and does not find it, so whoever is about to use TLS asks here first.</remarks>
public static class TlsLibrary
{
    /// <summary>What to do where it is missing.</summary>
    public const string Remedy = "install OpenSSL 3 or 1.1 (apt-get install libssl3, dnf install openssl-libs, apk add libssl3)";

    private static readonly Lazy<string?> s_name = new(Find);

    /// <summary>The file that is used; null when there is none. Looked for once, so one that is installed meanwhile counts after a restart.</summary>
    public static string? Name => s_name.Value;

    // The names that the framework tries, in its order; see opensslshim.c of .NET.
    private static string? Find()
    {
        string?[] chosen = [Environment.GetEnvironmentVariable("DOTNET_OPENSSL_VERSION_OVERRIDE"), Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE")];
        return chosen.Where(version => !string.IsNullOrEmpty(version)).Append("3").Append("1.1").Select(version => $"libssl.so.{version}").FirstOrDefault(IsUsable);
    }

    // It stays loaded: the framework is about to load the same one.
    private static bool IsUsable(string name) => NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "SSL_CTX_new", out _);
}
