using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

using Akka.Actor;

using ExecActors.Runtime.Sessions;

namespace ExecActors.Runtime.Tests.Architecture;

public sealed partial class ActorTests
{
    private static readonly Type[] _types = typeof(SessionActor).Assembly.GetTypes();

    public static TheoryData<string> Actors =>
        [.. _types.Where(type => typeof(ActorBase).IsAssignableFrom(type) && !type.IsAbstract).Select(type => type.Name)];

    public static TheoryData<Type> Messages =>
    [
        .. _types.Where(type => type.Name.EndsWith("Protocol", StringComparison.Ordinal) && type is { IsAbstract: true, IsSealed: true })
            .SelectMany(type => type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic))
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute))),
    ];

    [Theory]
    [MemberData(nameof(Actors))]
    public void The_head_of_an_actor_says_who_is_around_it_and_what_it_can_be(string actor)
    {
        var source = File.ReadAllText(Assert.Single(SourceTree.Files("ExecActors.Runtime"), file => string.Equals(Path.GetFileName(file), actor + ".cs", StringComparison.Ordinal)));
        var head = source[..source.IndexOf($"class {actor}", StringComparison.Ordinal)];
        var remarks = Remarks().Match(head).Value;

        Assert.All(["Parent:", "Children:", "Supervision:", "Behaviours:"], word => Assert.Contains(word, remarks, StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_actors_and_messages_to_look_at()
    {
        Assert.True(Actors.Count >= 5);
        Assert.True(Messages.Count >= 20);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_a_sealed_or_abstract_record_that_nobody_can_change(Type message)
    {
        Assert.True(message.IsSealed || message.IsAbstract);
        Assert.NotNull(message.GetMethod("<Clone>$")); // what makes it a record
        foreach (var property in message.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        {
            var isSettable = property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            Assert.False(isSettable, $"{property.Name} can be set");
            Assert.False(IsMutableCollection(property.PropertyType), $"{property.Name} is a collection that can change");
        }
    }

    // A lease and a task source have one owner or one use, stated at the type; text is no collection here.
    private static bool IsMutableCollection(Type type) =>
        type.IsArray
        || (type != typeof(string)
            && typeof(IEnumerable).IsAssignableFrom(type)
            && type.Namespace is not "System.Collections.Immutable" and not "System.Collections.Frozen");

    [GeneratedRegex("<remarks>.*</remarks>", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Remarks();
}
