using ExecActors.Runtime.Frames;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.Frames;

public sealed class IndexedQueueTests
{
    /// <summary>A positive number adds so many, any other takes so many.</summary>
    [Property]
    public void It_behaves_as_a_list_from_whose_front_items_are_taken(int[] steps)
    {
        var queue = new IndexedQueue<int>();
        var model = new List<int>();
        var number = 0;
        foreach (var step in steps)
        {
            for (var i = 0; i < step * 10; i++)
            {
                queue.Enqueue(++number);
                model.Add(number);
            }

            for (var i = step * 10; i < 0 && model.Count > 0; i++)
            {
                Assert.Equal(model[0], queue.Dequeue());
                model.RemoveAt(0);
            }

            Assert.Equal(model, Enumerable.Range(0, queue.Count).Select(place => queue[place]));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => queue[queue.Count]);
    }
}
