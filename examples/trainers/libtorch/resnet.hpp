// A small residual network for grey images. Group in place of batch normalization: the penalty sees
// the network in evaluation mode, and the loss must see the same function but for dropout. SiLU in
// place of ReLU: differences are sharp where there are no kinks.
#ifndef LIBTORCH_RESNET_HPP
#define LIBTORCH_RESNET_HPP

#include <torch/torch.h>

struct BlockImpl : torch::nn::Module {
    BlockImpl(int inputs, int outputs, int stride)
        : first(convolution(inputs, outputs, 3, stride)), second(convolution(outputs, outputs, 3)),
          shortcut(convolution(inputs, outputs, 1, stride)), norm_first(4, outputs),
          norm_second(4, outputs)
    {
        register_module("first", first);
        register_module("second", second);
        register_module("shortcut", shortcut);
        register_module("norm_first", norm_first);
        register_module("norm_second", norm_second);
    }

    static torch::nn::Conv2d convolution(int inputs, int outputs, int size, int stride = 1)
    {
        return torch::nn::Conv2d(torch::nn::Conv2dOptions(inputs, outputs, size)
                                     .stride(stride)
                                     .padding(size / 2)
                                     .bias(false));
    }

    torch::Tensor forward(torch::Tensor x)
    {
        const auto inner = torch::silu(norm_first(first(x)));
        return torch::silu(shortcut(x) + norm_second(second(inner)));
    }

    torch::nn::Conv2d first, second, shortcut;
    torch::nn::GroupNorm norm_first, norm_second;
};
TORCH_MODULE(Block);

struct ResNetImpl : torch::nn::Module {
    explicit ResNetImpl(int classes) : last(32, classes)
    {
        register_module("blocks", blocks);
        register_module("dropout", dropout);
        register_module("last", last);
    }

    torch::Tensor forward(torch::Tensor x)
    {
        return last(dropout(blocks->forward(x).mean({2, 3})));
    }

    torch::nn::Sequential blocks{Block(1, 8, 1), Block(8, 16, 2), Block(16, 32, 2)};
    torch::nn::Dropout dropout{0.1};
    torch::nn::Linear last;
};
TORCH_MODULE(ResNet);

#endif
