using System.Text.RegularExpressions;

namespace ExecActors.Runtime.Tests.Architecture;

/// <summary>The framework's cryptography calls OpenSSL and ends the program where there is none; only TLS may need it.</summary>
public sealed partial class CryptographyTests
{
    [Theory]
    [InlineData("ExecActors.Protocol")]
    [InlineData("ExecActors.Platform")]
    [InlineData("ExecActors.Runtime")]
    [InlineData("ExecActors.Hosting")]
    [InlineData("ExecActors.Client")]
    [InlineData("ExecActors.Server")]
    public void Nothing_but_TLS_uses_the_frameworks(string project) =>
        Assert.All(SourceTree.Files(project), file => Assert.DoesNotMatch(Frameworks(), File.ReadAllText(file)));

    [GeneratedRegex(@"\b(SHA1|SHA256|HMACSHA256|IncrementalHash|RandomNumberGenerator|ClientWebSocket|CryptoProviderFactory)\b[.(]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Frameworks();
}
